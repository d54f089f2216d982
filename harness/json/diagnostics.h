// Gathers what is wrong with one file.
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
  // For what is no matter of one place.
  void add(Message message) { placeless_.push_back(std::move(message)); }

  std::size_t count() const { return found_.size() + placeless_.size(); }
  bool is_full() const { return count() >= most_told; }  // what is added from now on is hardly going to be told
  bool none() const { return count() == 0; }

  // By place, each once, with line and column; 100 at most, and the last one then says so.
  std::vector<Diagnostic> list() const;

 private:
  static constexpr std::size_t most_told = 100;

  std::string file_;
  std::string_view text_;
  std::vector<Message> placeless_;
  std::vector<std::pair<std::size_t, Message>> found_;
};

// A text of the file's, fit to be told: control characters made visible, and not longer than a line.
std::string shown(std::string_view text);

}  // namespace mqtts::json
