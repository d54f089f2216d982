// How much more memory this process holds at its peak than at first.
#pragma once

#include <fstream>
#include <string>

namespace mqtts::test {

class PeakMemory {
 public:
  PeakMemory() {
    std::ofstream("/proc/self/clear_refs") << 5;  // proc(5): the peak starts again from here
    before_ = peak();
  }
  // Megabytes.
  double growth() const { return (peak() - before_) / 1024; }

 private:
  static double peak() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
      if (double kilobytes = 0; word == "VmHWM:" && status >> kilobytes) return kilobytes;
    return 0;
  }
  double before_;
};

}  // namespace mqtts::test
