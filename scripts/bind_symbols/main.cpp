// Binds the references of a shared library to its own symbols, as linking it with -Bsymbolic would have done.
//
//   bind_symbols LIBRARY RESULT
//
// libduckdb as it is published looks up 65,000 of its own names whenever a process loads it, and finds each in itself.
// What it finds is known here already. Only x86-64 is known to this program: every other library is copied.
// The names of relocations and tags are those of the System V ABI, AMD64 supplement, 4.4 "Relocation".
#include <elf.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

class Library {
 public:
  explicit Library(std::vector<char> bytes) : bytes_(std::move(bytes)) {}

  const std::vector<char>& bytes() const { return bytes_; }

  bool is_x86_64_library() const {
    if (bytes_.size() < sizeof(Elf64_Ehdr) || std::memcmp(bytes_.data(), ELFMAG, SELFMAG) != 0) return false;
    const auto header = at<Elf64_Ehdr>(0);
    return header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_type == ET_DYN && header.e_machine == EM_X86_64;
  }

  void bind() {
    read_segments();
    for (Elf64_Addr i = 0; i < tag(DT_RELASZ); i += sizeof(Elf64_Rela)) bind_data(offset_of(tag(DT_RELA)) + i);
    for (Elf64_Addr i = 0; i < tag(DT_PLTRELSZ); i += sizeof(Elf64_Rela)) bind_call(offset_of(tag(DT_JMPREL)) + i);
  }

 private:
  template <typename T>
  T at(std::uint64_t offset) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) throw std::runtime_error("it is cut off");
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }

  template <typename T>
  void put(std::uint64_t offset, const T& value) {
    (void)at<T>(offset);
    std::memcpy(bytes_.data() + offset, &value, sizeof value);
  }

  void read_segments() {
    const auto header = at<Elf64_Ehdr>(0);
    for (unsigned i = 0; i < header.e_phnum; ++i)
      segments_.push_back(at<Elf64_Phdr>(header.e_phoff + std::uint64_t{i} * header.e_phentsize));
    for (const auto& segment : segments_) {
      if (segment.p_type != PT_DYNAMIC) continue;
      for (std::uint64_t i = 0; i < segment.p_filesz; i += sizeof(Elf64_Dyn)) {
        const auto entry = at<Elf64_Dyn>(segment.p_offset + i);
        tags_[entry.d_tag] = entry.d_un.d_val;
      }
    }
  }

  std::uint64_t tag(Elf64_Sxword name) const {
    const auto found = tags_.find(name);
    return found == tags_.end() ? 0 : found->second;
  }

  std::uint64_t offset_of(Elf64_Addr address) const {
    for (const auto& segment : segments_)
      if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
        return address - segment.p_vaddr + segment.p_offset;
    throw std::runtime_error("it refers to what is not in the file");
  }

  /// The symbol of a relocation if it is this library's own and nobody else's by another rule: those that are unique
  /// in a process, local to a thread or chosen by a function stay as they are.
  std::optional<Elf64_Sym> own_symbol(const Elf64_Rela& relocation) const {
    const auto symbol = at<Elf64_Sym>(offset_of(tag(DT_SYMTAB)) + ELF64_R_SYM(relocation.r_info) * sizeof(Elf64_Sym));
    const auto binding = ELF64_ST_BIND(symbol.st_info);
    const auto type = ELF64_ST_TYPE(symbol.st_info);
    const bool own = symbol.st_shndx != SHN_UNDEF && symbol.st_shndx < SHN_LORESERVE &&
                     (binding == STB_GLOBAL || binding == STB_WEAK) &&
                     (type == STT_NOTYPE || type == STT_OBJECT || type == STT_FUNC);
    return own ? std::optional(symbol) : std::nullopt;
  }

  /// An address in data becomes one that counts from where the library is loaded.
  void bind_data(std::uint64_t offset) {
    auto relocation = at<Elf64_Rela>(offset);
    const auto type = ELF64_R_TYPE(relocation.r_info);
    if (type != R_X86_64_64 && type != R_X86_64_GLOB_DAT) return;
    const auto symbol = own_symbol(relocation);
    if (!symbol) return;
    relocation.r_addend = static_cast<Elf64_Sxword>(symbol->st_value) + (type == R_X86_64_64 ? relocation.r_addend : 0);
    relocation.r_info = ELF64_R_INFO(0, R_X86_64_RELATIVE);
    put(offset, relocation);
  }

  /// Where calls are bound lazily the loader adds its address to what the table holds: so far the code that looks the
  /// function up, from now on the function. Where they are not, they are looked up as before.
  void bind_call(std::uint64_t offset) {
    const auto relocation = at<Elf64_Rela>(offset);
    if (ELF64_R_TYPE(relocation.r_info) != R_X86_64_JUMP_SLOT) return;
    if (const auto symbol = own_symbol(relocation)) put(offset_of(relocation.r_offset), symbol->st_value);
  }

  std::vector<char> bytes_;
  std::vector<Elf64_Phdr> segments_;
  std::map<Elf64_Sxword, std::uint64_t> tags_;
};

std::vector<char> read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) throw std::runtime_error("it cannot be read");
  return bytes;
}

/// A process may have the library loaded that was there before: it keeps that.
void write(const std::string& path, const std::vector<char>& bytes) {
  const auto unfinished = path + ".new";
  std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file || std::rename(unfinished.c_str(), path.c_str()) != 0)
    throw std::runtime_error("'" + path + "' cannot be written");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bind_symbols LIBRARY RESULT\n", stderr);
    return 2;
  }
  try {
    Library library(read(argv[1]));
    if (library.is_x86_64_library()) library.bind();
    write(argv[2], library.bytes());
    return 0;
  } catch (const std::exception& reason) {
    std::fprintf(stderr, "bind_symbols: '%s': %s\n", argv[1], reason.what());
    return 1;
  }
}
