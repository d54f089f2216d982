// Owns a C library's handle on the line that makes it: std::unique_ptr<SSL, FreeWith<SSL_free>>.
#pragma once

namespace mqtts {

template <auto free_function>
struct FreeWith {
  template <class T>
  void operator()(T* handle) const {
    free_function(handle);
  }
};

}  // namespace mqtts
