// Owner of a file descriptor.
#pragma once

#include <unistd.h>

#include <utility>

namespace mqtts {

// -1: none.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Fd() { close(); }

  explicit operator bool() const { return number_ >= 0; }
  int get() const { return number_; }
  // Releases ownership: the caller closes the descriptor.
  int release() { return std::exchange(number_, -1); }
  // Returns what close(2) returns; 0 if there is no descriptor.
  int close() { return number_ < 0 ? 0 : ::close(release()); }

 private:
  int number_ = -1;
};

}  // namespace mqtts
