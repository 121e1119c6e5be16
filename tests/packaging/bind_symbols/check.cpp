// Loads a library that refers to functions which this program has too, and tells whose each reference found.
//   check LIBRARY
#include <dlfcn.h>

#include <cstdio>

extern "C" {
const char* sample_label() { return "program"; }
const char* sample_name() { return "program"; }
}

int main(int argc, char** argv) {
  void* library = argc == 2 ? dlopen(argv[1], RTLD_LAZY | RTLD_LOCAL) : nullptr;
  if (library == nullptr) return 1;
  using Name = const char* (*)();
  const auto find = [&](const char* function) { return dlsym(library, function); };
  std::printf("%s %s %s\n", reinterpret_cast<Name>(find("sample_called"))(),
              reinterpret_cast<Name>(find("sample_in_data"))(),
              reinterpret_cast<Name (*)()>(find("sample_address"))()());
}
