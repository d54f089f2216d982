#include "harness/json/json.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include <nlohmann/json.hpp>

namespace mqtts::json {
namespace {

// Feeds the text to nlohmann's lexer and counts the bytes that it consumed: its events have no positions.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* consumed) : at_(at), consumed_(consumed) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*consumed_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* consumed_;
};

// Returns nlohmann's message for a syntax error, without its prefix and the text that it repeats.
std::string own_words(std::string_view what) {
  for (const std::string_view mark : {"] ", ", column ", ": ", " - "}) {
    const auto found = what.find(mark);
    if (found != std::string_view::npos) what.remove_prefix(found + mark.size());
  }
  return shown(what.substr(0, what.find("; last read")));
}

class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(std::string_view text, Diagnostics& problems, std::size_t most, std::size_t begin)
      : text_(text), problems_(problems), most_entries_(most), begin_(begin) {}

  std::optional<Node> build() {
    const bool whole = nlohmann::json::sax_parse(CountingIterator(text_.data(), &consumed_),
                                                 CountingIterator(text_.data() + text_.size(), &consumed_), this);
    return whole ? std::optional(std::move(root_)) : std::nullopt;
  }

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(std::int64_t{value}); }
  bool number_float(number_float_t value, const string_t&) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override {
    const bool fits = value <= static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max());
    return fits ? put(static_cast<std::int64_t>(value)) : put(static_cast<double>(value));
  }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t&) override { return false; }  // JSON text has none

  bool start_object(std::size_t) override { return open(Node::Object{}); }
  bool start_array(std::size_t) override { return open(Node::Array{}); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    const auto at = token_start();
    pending_ = {std::move(name), at, {}};
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) override {
    const auto why = own_words(error.what());
    // A token that does not fit is reported at its start, a bad byte inside a token at that byte.
    const bool is_whole_token = why.starts_with("unexpected") || why.starts_with("number overflow");
    const auto last_byte = begin_ + (consumed_ == 0 ? 0 : consumed_ - 1);
    const auto at = is_whole_token ? std::min(token_start(), last_byte) : last_byte;
    problems_.add(at, msg("this is not JSON: {why}", {{"why", why}}));
    return false;
  }

 private:
  // Returns the offset of the token just read: after the previous token and the separators.
  std::size_t token_start() {
    const auto start = text_.find_first_not_of(" \t\r\n,:\xEF\xBB\xBF", token_end_);
    token_end_ = consumed_;
    return begin_ + (start == std::string_view::npos ? text_.size() : start);
  }

  template <class T>
  bool put(T&& value) {
    return place({token_start(), std::forward<T>(value)});
  }

  template <class T>
  bool open(T&& empty) {
    const auto at = token_start();
    if (open_.size() == deepest_nesting) {
      problems_.add(at,
                    msg("this is nested more than {count} levels deep", {{"count", std::to_string(deepest_nesting)}}));
      return false;
    }
    open_.push_back({{at, std::forward<T>(empty)}, std::move(pending_)});
    return true;
  }

  bool close() {
    token_end_ = consumed_;
    auto done = std::move(open_.back());
    open_.pop_back();
    drop_comment(done.node);
    pending_ = std::move(done.name);
    return place(std::move(done.node));
  }

  void drop_comment(Node& node) {
    auto* members = std::get_if<Node::Object>(&node.value);
    if (members == nullptr) return;
    const auto comment = std::ranges::find(*members, comment_key, &Member::key);
    if (comment == members->end()) return;
    if (comment->value.as<std::string>() == nullptr)
      problems_.add(comment->value.at, msg("\"{key}\" must be a text", {{"key", std::string(comment_key)}}));
    members->erase(comment);
  }

  bool place(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (auto* array = std::get_if<Node::Array>(&open_.back().node.value)) {
      array->push_back(std::move(node));
      return has_room(array->size(), open_.back().node.at);
    } else {
      auto& members = std::get<Node::Object>(open_.back().node.value);
      if (std::ranges::find(members, pending_.key, &Member::key) != members.end()) {
        problems_.add(pending_.at, msg("the key \"{key}\" stands here twice", {{"key", shown(pending_.key)}}));
        return true;
      }
      pending_.value = std::move(node);
      members.push_back(std::move(pending_));
      return has_room(members.size(), open_.back().node.at);
    }
    return true;
  }

  bool has_room(std::size_t entries, std::size_t at) {
    if (entries <= most_entries_) return true;
    problems_.add(at, msg("this has more than {count} entries", {{"count", std::to_string(most_entries_)}}));
    return false;
  }

  struct Open {
    Node node;
    Member name;  // its key in the object that holds it
  };

  std::string_view text_;
  Diagnostics& problems_;
  std::size_t most_entries_;
  std::size_t begin_;
  std::size_t consumed_ = 0;
  std::size_t token_end_ = 0;
  Member pending_;
  std::vector<Open> open_;
  Node root_;
};

}  // namespace

const Node* Node::find(std::string_view key) const {
  const auto* members = as<Object>();
  if (members == nullptr) return nullptr;
  const auto found = std::ranges::find(*members, key, &Member::key);
  return found == members->end() ? nullptr : &found->value;
}

std::optional<Node> parse_json(std::string_view text, Diagnostics& problems, std::size_t most, std::size_t begin) {
  if (text.size() > most_bytes) {
    problems.add(msg("the file is larger than {count} bytes", {{"count", std::to_string(most_bytes)}}));
    return std::nullopt;
  }
  // nlohmann takes a NUL byte for the end of the text and would ignore what follows.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    problems.add(begin + nul, msg("this is not JSON: it holds a NUL byte"));
    return std::nullopt;
  }
  return Builder(text, problems, most, begin).build();
}

}  // namespace mqtts::json
