// Collects the problems of one file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/json/diagnostic.h"

namespace mqtts::json {

class Diagnostics {
 public:
  // `text` must outlive this.
  Diagnostics(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {}

  void add(std::size_t offset, Message message) { found_.emplace_back(offset, std::move(message)); }
  // Adds a problem without a place.
  void add(Message message) { placeless_.push_back(std::move(message)); }

  std::size_t count() const { return found_.size() + placeless_.size(); }
  bool is_full() const { return count() >= most_told; }  // list() will hardly report what is added from now on
  bool none() const { return count() == 0; }

  // Returns the problems by place, each once, with line and column; at most 100, and the last one then says so.
  std::vector<Diagnostic> list() const;

 private:
  static constexpr std::size_t most_told = 100;

  std::string file_;
  std::string_view text_;
  std::vector<Message> placeless_;
  std::vector<std::pair<std::size_t, Message>> found_;
};

// Returns a text of the file fit for a message: '?' for control characters, cut after some 80 bytes.
std::string shown(std::string_view text);

}  // namespace mqtts::json
