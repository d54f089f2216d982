#include "harness/json/object_reader.h"

#include <algorithm>

#include "harness/json/variables.h"

namespace mqtts::json {
namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_list = 300;

bool is_control(char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f; }

bool is_letter_or_digit(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

std::map<std::string, std::string> about(std::string_view key) { return {{"key", std::string(key)}}; }

std::map<std::string, std::string> about(std::string_view key, Range range) {
  return {{"key", std::string(key)}, {"least", std::to_string(range.least)}, {"most", std::to_string(range.most)}};
}

void tell_unknown_variable(ReadContext& context, const Node& node, const std::string& name) {
  auto known = keys_of(*context.variables);
  known.insert(known.end(), late_variables().begin(), late_variables().end());
  auto args = unknown(name, known);
  args["nearest"] = context.did_you_mean(name, known);
  context.fault(node, args["nearest"].empty()
                          ? msg("there is no variable \"{name}\"; known: {known}", std::move(args))
                          : msg("there is no variable \"{name}\"; did you mean \"{nearest}\"?", std::move(args)));
}

}  // namespace

bool has_control_characters(std::string_view text) { return std::ranges::any_of(text, is_control); }

std::map<std::string, std::string> unknown(std::string_view name, const std::vector<std::string>& known) {
  std::string all;
  for (const auto& word : known) {
    if (all.size() + word.size() > longest_list) {
      all += ", …";
      break;
    }
    all += (all.empty() ? "" : ", ") + word;
  }
  return {{"name", shown(name)}, {"known", all.empty() ? "-" : all}};
}

std::optional<std::string> read_text(ReadContext& context, const Node& node, std::string_view label, Lines lines) {
  const auto* text = node.as<std::string>();
  if (text == nullptr) {
    context.fault(node, msg("\"{key}\" must be a text", about(label)));
    return std::nullopt;
  }
  const auto is_bad = [&](char byte) {
    return is_control(byte) && !(lines == Lines::many && (byte == '\n' || byte == '\t' || byte == '\r'));
  };
  if (std::ranges::any_of(*text, is_bad)) {
    context.fault(node, lines == Lines::many
                            ? msg("\"{key}\" must not hold control characters", about(label))
                            : msg("\"{key}\" must be one line without control characters", about(label)));
    return std::nullopt;
  }
  if (context.variables == nullptr) return *text;
  if (has_unclosed_variable(*text)) {
    context.fault(node, msg("a \"${\" in \"{key}\" is not closed with a brace", about(label)));
    return std::nullopt;
  }
  bool is_sound = true;
  auto filled = substitute(*text, [&](const std::string& name) -> std::optional<std::string> {
    if (const auto own = context.variables->find(name); own != context.variables->end()) return own->second;
    if (!is_late_variable(name)) {
      tell_unknown_variable(context, node, name);
      is_sound = false;
    }
    return std::nullopt;
  });
  return is_sound ? std::optional(std::move(filled)) : std::nullopt;
}

bool check_version(ReadContext& context, const Node& root, const std::string& wanted) {
  if (root.as<Node::Object>() == nullptr) return true;
  if (const auto* for_editors = root.find("$schema");
      for_editors != nullptr && for_editors->as<std::string>() == nullptr)
    context.fault(*for_editors, msg("\"{key}\" must be a text", about("$schema")));
  const auto* node = root.find("schema");
  const auto* written = node == nullptr ? nullptr : node->as<std::string>();
  if (written != nullptr && *written == wanted) return true;
  if (written != nullptr)
    context.fault(*node, msg("this file is of schema \"{written}\"; \"{wanted}\" is what is read here",
                             {{"written", shown(*written)}, {"wanted", wanted}}));
  else
    context.fault(node == nullptr ? root : *node, msg("\"schema\" must say \"{wanted}\"", {{"wanted", wanted}}));
  return written == nullptr;
}

bool check_name(ReadContext& context, std::size_t at, std::string_view name) {
  const auto fits = [](char byte) { return is_letter_or_digit(byte) || byte == '.' || byte == '_' || byte == '-'; };
  if (!name.empty() && name.size() <= longest_name && is_letter_or_digit(name.front()) &&
      std::ranges::all_of(name, fits))
    return true;
  context.problems.add(at,
                       msg("\"{name}\" is no name: a name is made of letters, digits, \".\", \"_\" and \"-\", begins "
                           "with a letter or digit, and has 64 characters at most",
                           {{"name", shown(name)}}));
  return false;
}

ObjectReader::ObjectReader(ReadContext& context, const Node& node, std::string_view label,
                           const std::vector<std::string>& known)
    : context_(&context), node_(&node) {
  if (!is_object()) {
    context.fault(node, msg("\"{key}\" must be an object", about(label)));
    return;
  }
  for (const auto& member : *node.as<Node::Object>()) {
    if (std::ranges::find(known, member.key) != known.end()) continue;
    auto args = unknown(member.key, known);
    args["nearest"] = context.did_you_mean(member.key, known);
    context.problems.add(member.at, args["nearest"].empty()
                                        ? msg("unknown key \"{name}\"; known here: {known}", std::move(args))
                                        : msg("unknown key \"{name}\"; did you mean \"{nearest}\"?", std::move(args)));
  }
}

const Node* ObjectReader::need(std::string_view key) const {
  const auto* node = find(key);
  if (node == nullptr && is_object()) context_->fault(*node_, msg("\"{key}\" is missing here", about(key)));
  return node;
}

std::string ObjectReader::text(std::string_view key) const {
  const auto* node = need(key);
  if (node == nullptr) return {};
  auto text = read_text(*context_, *node, key);
  if (text && text->empty()) context_->fault(*node, msg("\"{key}\" must not be empty", about(key)));
  return text.value_or("");
}

std::optional<std::string> ObjectReader::optional_text(std::string_view key) const {
  return find(key) == nullptr ? std::nullopt : std::optional(text(key));
}

std::string ObjectReader::name(std::string_view key) const {
  const auto* node = need(key);
  if (node == nullptr) return {};
  const auto* name = node->as<std::string>();
  if (name == nullptr) {
    context_->fault(*node, msg("\"{key}\" must be a text", about(key)));
    return {};
  }
  return check_name(*context_, node->at, *name) ? *name : "";
}

LocalText ObjectReader::local_text(std::string_view key, const std::string& otherwise) const {
  const auto* node = find(key);
  if (node == nullptr) return {otherwise, ""};
  ReadContext as_it_stands{context_->problems};
  const ObjectReader languages(as_it_stands, *node, key, {"en", "fr"});
  if (!languages.is_object()) return {};
  return {languages.text("en"), languages.optional_text("fr").value_or("")};
}

LocalText ObjectReader::local_text_with_variables(std::string_view key) const {
  const auto* node = find(key);
  if (node == nullptr) return {};
  const ObjectReader languages(*context_, *node, key, {"en", "fr"});
  if (!languages.is_object()) return {};
  return {languages.text("en"), languages.optional_text("fr").value_or("")};
}

std::int64_t ObjectReader::integer(std::string_view key, Range range, std::int64_t otherwise) const {
  const auto* node = find(key);
  if (node == nullptr) return otherwise;
  const auto* number = node->as<std::int64_t>();
  if (number != nullptr && range.least <= *number && *number <= range.most) return *number;
  context_->fault(*node, msg("\"{key}\" must be a whole number from {least} to {most}", about(key, range)));
  return otherwise;
}

double ObjectReader::number(std::string_view key, Range range, double otherwise) const {
  const auto* node = find(key);
  if (node == nullptr) return otherwise;
  const auto* whole = node->as<std::int64_t>();
  const auto* fraction = node->as<double>();
  if (whole != nullptr || fraction != nullptr) {
    const double number = whole != nullptr ? static_cast<double>(*whole) : *fraction;
    if (static_cast<double>(range.least) <= number && number <= static_cast<double>(range.most)) return number;
  }
  context_->fault(*node, msg("\"{key}\" must be a number from {least} to {most}", about(key, range)));
  return otherwise;
}

bool ObjectReader::flag(std::string_view key, bool otherwise) const {
  const auto* node = find(key);
  if (node == nullptr) return otherwise;
  if (const auto* flag = node->as<bool>()) return *flag;
  context_->fault(*node, msg("\"{key}\" must be true or false", about(key)));
  return otherwise;
}

std::vector<std::string> ObjectReader::texts(std::string_view key) const {
  std::vector<std::string> texts;
  for (auto& entry : texts_at(key)) texts.push_back(std::move(entry.text));
  return texts;
}

std::vector<TextAt> ObjectReader::texts_at(std::string_view key) const {
  std::vector<TextAt> texts;
  for (const auto& element : elements(key)) {
    if (element.as<std::string>() == nullptr) {
      context_->fault(element, msg("\"{key}\" must be a list of texts", about(key)));
    } else if (auto text = read_text(*context_, element, key)) {
      texts.push_back({&element, std::move(*text)});
    }
  }
  return texts;
}

const Node::Object& ObjectReader::members(std::string_view key) const {
  static const Node::Object none;
  const auto* node = find(key);
  if (node == nullptr) return none;
  if (const auto* object = node->as<Node::Object>()) return *object;
  context_->fault(*node, msg("\"{key}\" must be an object", about(key)));
  return none;
}

const Node::Array& ObjectReader::elements(std::string_view key) const {
  static const Node::Array none;
  const auto* node = find(key);
  if (node == nullptr) return none;
  if (const auto* array = node->as<Node::Array>()) return *array;
  context_->fault(*node, msg("\"{key}\" must be a list", about(key)));
  return none;
}

}  // namespace mqtts::json
