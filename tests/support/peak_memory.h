// Measures how much this process's peak memory has grown.
#pragma once

#include <fstream>
#include <string>

namespace mqtts::test {

class PeakMemory {
 public:
  PeakMemory() {
    std::ofstream("/proc/self/clear_refs") << 5;  // proc(5): resets the peak
    before_ = peak();
  }
  // In megabytes.
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
