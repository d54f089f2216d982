#include "harness/plan/include.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "harness/json/object_reader.h"
#include "harness/json/read_bytes.h"

namespace mqtts::plan {
namespace {

namespace fs = std::filesystem;
using json::Node;

constexpr std::string_view include_key = "include";
constexpr std::string_view leave_out_key = "leave_out";

const std::string* id_of(const Node& node) {
  const auto* id = node.find("id");
  return id == nullptr ? nullptr : id->as<std::string>();
}

bool is_list_of_ids(std::string_view key) { return key == "stages" || key == "checks"; }

void merge(Node& below, Node&& above);

void merge_by_id(Node::Array& below, Node::Array&& above) {
  for (auto& node : above) {
    const auto* id = id_of(node);
    const auto same = std::ranges::find_if(below, [&](const Node& other) {
      const auto* others_id = id_of(other);
      return id != nullptr && others_id != nullptr && *others_id == *id;
    });
    if (same == below.end())
      below.push_back(std::move(node));
    else
      merge(*same, std::move(node));
  }
}

void merge_member(json::Member& below, json::Member&& above) {
  auto* list = std::get_if<Node::Array>(&below.value.value);
  auto* own = std::get_if<Node::Array>(&above.value.value);
  if (list != nullptr && own != nullptr && is_list_of_ids(above.key)) {
    merge_by_id(*list, std::move(*own));
  } else {
    below.at = above.at;
    merge(below.value, std::move(above.value));
  }
}

// What is above goes first; its place is what problems are reported at.
void merge(Node& below, Node&& above) {
  auto* members = std::get_if<Node::Object>(&below.value);
  auto* own = std::get_if<Node::Object>(&above.value);
  if (members == nullptr || own == nullptr) {
    below = std::move(above);
    return;
  }
  below.at = above.at;
  for (auto& member : *own) {
    const auto same = std::ranges::find(*members, member.key, &json::Member::key);
    if (same == members->end())
      members->push_back(std::move(member));
    else
      merge_member(*same, std::move(member));
  }
}

// Takes a member out of an object.
std::optional<Node> take(Node& node, std::string_view key) {
  auto* members = std::get_if<Node::Object>(&node.value);
  if (members == nullptr) return std::nullopt;
  const auto found = std::ranges::find(*members, key, &json::Member::key);
  if (found == members->end()) return std::nullopt;
  auto value = std::move(found->value);
  members->erase(found);
  return value;
}

// The texts of a list, with their places; anything else is reported.
std::vector<json::TextAt> texts_of(const Node& node, std::string_view key, json::ReadContext& context) {
  std::vector<json::TextAt> texts;
  const auto* list = node.as<Node::Array>();
  if (list == nullptr) {
    context.fault(node, msg("\"{key}\" must be a list of texts", {{"key", std::string(key)}}));
    return texts;
  }
  for (const auto& element : *list)
    if (auto text = json::read_text(context, element, key)) texts.push_back({&element, *std::move(text)});
  return texts;
}

void leave_out(Node& stage, json::ReadContext& context) {
  const auto named = take(stage, leave_out_key);
  if (!named) return;
  auto* members = std::get_if<Node::Object>(&stage.value);
  const auto checks = std::ranges::find(*members, "checks", &json::Member::key);
  auto* list = checks == members->end() ? nullptr : std::get_if<Node::Array>(&checks->value.value);
  for (const auto& [node, name] : texts_of(*named, leave_out_key, context)) {
    const auto is_it = [&id = name](const Node& check) { return id_of(check) != nullptr && *id_of(check) == id; };
    if (list == nullptr || std::erase_if(*list, is_it) == 0)
      context.fault(*node, msg("there is no check \"{name}\" here to leave out", {{"name", json::shown(name)}}));
  }
}

class Including {
 public:
  explicit Including(json::Diagnostics& problems) : problems_(problems), context_{problems} {}

  void merge_into(Node& root, const std::string& path) {
    const auto named = take(root, include_key);
    if (named) {
      open_.push_back(fs::weakly_canonical(path, error_));
      Node below{root.at, Node::Object{}};
      for (const auto& [node, name] : texts_of(*named, include_key, context_))
        if (auto part = read(*node, fs::path(path).parent_path() / name)) merge(below, *std::move(part));
      merge(below, std::move(root));
      root = std::move(below);
      open_.pop_back();
    }
    if (auto* members = std::get_if<Node::Object>(&root.value)) {
      const auto stages = std::ranges::find(*members, "stages", &json::Member::key);
      auto* list = stages == members->end() ? nullptr : std::get_if<Node::Array>(&stages->value.value);
      if (list != nullptr)
        for (auto& stage : *list) leave_out(stage, context_);
    }
  }

 private:
  std::optional<Node> read(const Node& at, const fs::path& path) {
    if (std::ranges::find(open_, fs::weakly_canonical(path, error_)) != open_.end()) {
      context_.fault(at, msg("{path} includes itself", {{"path", path.string()}}));
      return std::nullopt;
    }
    std::vector<json::Diagnostic> unreadable;
    auto text = json::read_bytes(path, unreadable);
    for (const auto& problem : unreadable) context_.fault(at, problem.message);
    if (!text) return std::nullopt;
    const auto begin = problems_.add_file(path, *std::move(text));
    auto root = json::parse_json(problems_.latest_text(), problems_, json::most_entries, begin);
    if (root) merge_into(*root, path);
    return root;
  }

  json::Diagnostics& problems_;
  json::ReadContext context_;
  std::vector<fs::path> open_;  // the files that are being read
  std::error_code error_;
};

}  // namespace

void merge_includes(Node& root, const std::string& path, json::Diagnostics& problems) {
  Including(problems).merge_into(root, path);
}

}  // namespace mqtts::plan
