// A program of views, as a user might write it in C++: running totals of CSV with columns k and v, for kind udtf.

#include <cstdlib>
#include <iostream>
#include <string>

int main() {
  std::ios::sync_with_stdio(false);
  std::string line;
  std::getline(std::cin, line);  // the header
  std::cout << "k,running\n";
  long long running = 0;
  while (std::getline(std::cin, line)) {
    const auto comma = line.find(',');
    running += std::strtoll(line.c_str() + comma + 1, nullptr, 10);
    std::cout << line.substr(0, comma) << ',' << running << '\n';
  }
  return std::cout.flush() ? 0 : 1;
}
