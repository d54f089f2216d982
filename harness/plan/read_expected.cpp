// Reads the outcomes that a check allows.
#include <algorithm>

#include "harness/plan/read_plan.h"
#include "harness/plan/words.h"

namespace mqtts::plan {
namespace {

std::vector<std::string> keys_of_expectation() {
  std::vector<std::string> keys;
  for (const auto& row : outcome_words()) keys.push_back(row.word);
  keys.insert(keys.end(), {"reached", "reason", "facts"});
  return keys;
}

std::optional<Expected> read_reached(const json::ObjectReader& fields, const std::vector<FactKind>& facts) {
  const auto text = fields.text("reached");
  if (text.empty()) return std::nullopt;
  const auto layer = layer_from(text);
  if (std::ranges::find(reachable_layers(), text) == reachable_layers().end()) {
    fields.context().fault(*fields.find("reached"),
                           msg("\"{name}\" is no layer; known: {known}", json::unknown(text, reachable_layers())));
    return std::nullopt;
  }
  for (const auto& row : outcome_words())
    if (const auto* other = fields.find(row.word))
      fields.context().fault(*other, msg("an expectation names one outcome; write a list to allow several"));
  if (const auto* reason = fields.find("reason"))
    fields.context().fault(*reason, msg("only \"refused\" has a \"reason\""));
  return Expected{.outcome = Outcome::accepted,
                  .by = By::broker,
                  .reasons = {},
                  .facts = read_facts(fields, facts),
                  .reached = layer};
}

std::optional<Expected> read_outcome(json::ReadContext& context, const json::Node& node,
                                     const std::vector<FactKind>& facts) {
  const json::ObjectReader fields(context, node, "expect", keys_of_expectation());
  if (!fields.is_object()) return std::nullopt;
  if (fields.find("reached") != nullptr) return read_reached(fields, facts);
  const OutcomeWords* kind = nullptr;
  for (const auto& row : outcome_words()) {
    if (fields.find(row.word) == nullptr) continue;
    if (kind != nullptr) {
      context.fault(node, msg("an expectation names one outcome; write a list to allow several"));
      return std::nullopt;
    }
    kind = &row;
  }
  // Facts alone: whatever became of the client.
  if (kind == nullptr && fields.find("facts") != nullptr && fields.find("reason") == nullptr)
    return Expected{.outcome = Outcome::accepted,
                    .by = By::broker,
                    .reasons = {},
                    .facts = read_facts(fields, facts),
                    .reached = Layer::none};
  if (kind == nullptr) {
    context.fault(node, msg("an expectation must name an outcome, or \"facts\": {known}",
                            {{"known", "accepted, reached, refused, closed, denied, timeout, garbled"}}));
    return std::nullopt;
  }
  const auto layer = fields.text(kind->word);
  if (layer.empty()) return std::nullopt;
  const auto by = by_from(layer);
  if (!by || std::ranges::find(kind->by, layer) == kind->by.end()) {
    auto args = json::unknown(layer, kind->by);
    args["outcome"] = kind->word;
    context.fault(*fields.find(kind->word),
                  msg("\"{outcome}\" cannot be by \"{name}\"; known: {known}", std::move(args)));
    return std::nullopt;
  }
  Expected expected{kind->outcome, *by, {}};
  for (const auto& [place, reason] : fields.texts_at("reason")) {
    if (!is_known_reason(reason))
      context.fault(*place, msg("there is no reason \"{name}\"", {{"name", json::shown(reason)}}));
    expected.reasons.push_back(reason);
  }
  if (const auto* reason = fields.find("reason"); reason != nullptr && kind->outcome != Outcome::refused)
    context.fault(*reason, msg("only \"refused\" has a \"reason\""));
  expected.facts = read_facts(fields, facts);
  return expected;
}

std::optional<Expected> read_one(json::ReadContext& context, const json::Node& node,
                                 const std::vector<FactKind>& facts) {
  const auto* word = node.as<std::string>();
  if (word == nullptr) return read_outcome(context, node, facts);
  if (*word == "accepted") return Expected{Outcome::accepted, By::broker, {}};
  context.fault(node,
                msg("\"{name}\" is nothing to expect: write \"accepted\", or an object such as a \"refused\" with "
                    "its layer",
                    {{"name", json::shown(*word)}}));
  return std::nullopt;
}

}  // namespace

std::optional<Expected> read_observed(json::ReadContext& context, const json::Node& node,
                                      const std::vector<FactKind>& facts) {
  return read_one(context, node, facts);
}

std::vector<Expected> read_expected(const json::ObjectReader& check, const std::vector<FactKind>& facts) {
  const auto* node = check.need("expect");
  if (node == nullptr) return {};
  std::vector<Expected> expected;
  const auto* several = node->as<json::Node::Array>();
  if (several == nullptr) {
    if (const auto one = read_one(check.context(), *node, facts)) expected.push_back(*one);
    return expected;
  }
  if (several->empty()) check.context().fault(*node, msg("\"{key}\" must not be empty", {{"key", "expect"}}));
  for (const auto& element : *several)
    if (const auto one = read_one(check.context(), element, facts)) expected.push_back(*one);
  return expected;
}

}  // namespace mqtts::plan
