// Collects the problems of a file, and of those that it includes.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/json/diagnostic.h"

namespace mqtts::json {

class Diagnostics {
 public:
  // `text` must outlive this.
  Diagnostics(std::string file, std::string_view text) : files_{{std::move(file), {}, text, 0}} {}

  // Adds a file that the first one includes. Returns the offset of its first byte: that of its byte 5 is 5 more.
  std::size_t add_file(std::string file, std::string text);
  // The text of the latest file, and all texts one after the other.
  std::string_view latest_text() const { return files_.back().view(); }
  std::string all_texts() const;

  void add(std::size_t offset, Message message) { found_.emplace_back(offset, std::move(message)); }
  // Adds a problem without a place.
  void add(Message message) { placeless_.push_back(std::move(message)); }

  const std::string& file() const { return files_.front().name; }
  std::size_t count() const { return found_.size() + placeless_.size(); }
  bool is_full() const { return count() >= most_told; }  // list() will hardly report what is added from now on
  bool none() const { return count() == 0; }

  // Returns the problems by place, each once, with line and column; at most 100, and the last one then says so.
  std::vector<Diagnostic> list() const;

 private:
  static constexpr std::size_t most_told = 100;

  struct File {
    std::string name;
    std::string own;         // of an included file: its text
    std::string_view given;  // of the first one: its text, which is the caller's
    std::size_t begin = 0;   // offset of its first byte

    std::string_view view() const { return given.empty() ? std::string_view(own) : given; }
  };

  const File& file_of(std::size_t offset) const;

  std::deque<File> files_;
  std::vector<Message> placeless_;
  std::vector<std::pair<std::size_t, Message>> found_;
};

// Returns a text of the file fit for a message: '?' for control characters, cut after some 80 bytes.
std::string shown(std::string_view text);

}  // namespace mqtts::json
