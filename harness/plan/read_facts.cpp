// What a check demands of facts.
#include <algorithm>

#include "harness/model/words.h"
#include "harness/plan/read_plan.h"

namespace mqtts::plan {
namespace {

std::optional<FactValue> read_value(json::ReadContext& context, const json::Node& node, const std::string& name) {
  if (const auto* flag = node.as<bool>()) return FactValue(*flag);
  if (const auto* number = node.as<std::int64_t>()) return FactValue(static_cast<double>(*number));
  if (const auto* number = node.as<double>()) return FactValue(*number);
  if (node.as<std::string>() != nullptr) {
    const auto text = json::read_text(context, node, name);
    return text ? std::optional<FactValue>(*text) : std::nullopt;
  }
  const auto* list = node.as<json::Node::Array>();
  std::vector<std::string> texts;
  bool is_sound = list != nullptr;
  for (const auto& element : list == nullptr ? json::Node::Array{} : *list) {
    const auto text = element.as<std::string>() == nullptr ? std::nullopt : json::read_text(context, element, name);
    is_sound = is_sound && text;
    texts.push_back(text.value_or(""));
  }
  if (is_sound) return FactValue(std::move(texts));
  context.fault(node,
                msg("\"{key}\" is compared with a text, a number, true, false, or a list of texts", {{"key", name}}));
  return std::nullopt;
}

bool fits(Comparison comparison, const FactValue& value) {
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  switch (comparison) {
    case Comparison::equals: return true;
    case Comparison::one_of: return list != nullptr && !list->empty();
    case Comparison::contains: return std::holds_alternative<std::string>(value);
    case Comparison::at_least:
    case Comparison::at_most: break;
  }
  return std::holds_alternative<double>(value);
}

const FactKind* find_fact(const std::vector<FactKind>& known, std::string_view name) {
  const auto found = std::ranges::find(known, name, &FactKind::name);
  return found == known.end() ? nullptr : &*found;
}

Message no_such_fact(std::string_view name, const std::vector<FactKind>& known) {
  std::vector<std::string> names;
  for (const auto& fact : known) names.emplace_back(fact.name);
  return msg("there is no fact \"{name}\"; known: {known}", json::unknown(name, names));
}

Message how_to_compare(const FactKind& fact) {
  std::map<std::string, std::string> args{{"name", std::string(fact.name)}};
  switch (fact.type) {
    case FactType::flag: return msg("the fact \"{name}\" is true or false: compare it with one of them", args);
    case FactType::number:
      return msg("the fact \"{name}\" is a number: compare it with one, by \"equals\", \"at_least\" or \"at_most\"",
                 args);
    case FactType::text:
      return msg(
          "the fact \"{name}\" is a text: compare it with one, by \"equals\" or \"contains\", or with a list, by "
          "\"one_of\"",
          args);
    case FactType::texts: break;
  }
  return msg(
      "the fact \"{name}\" is a list of texts: compare it with a list, by \"equals\", or with a text, by "
      "\"contains\"",
      args);
}

// {"check": ID, "fact": NAME}
std::optional<FactOf> read_fact_of(json::ReadContext& context, const json::Node& node, const FactKind& own,
                                   const std::vector<FactKind>& known) {
  const json::ObjectReader fields(context, node, "equals", {"check", "fact"});
  FactOf other{fields.text("check"), fields.text("fact")};
  if (other.check.empty() || other.fact.empty()) return std::nullopt;
  const auto* fact = find_fact(known, other.fact);
  if (fact == nullptr) {
    context.fault(*fields.find("fact"), no_such_fact(other.fact, known));
    return std::nullopt;
  }
  if (fact->type == own.type) return other;
  context.fault(*fields.find("fact"), msg("\"{name}\" and \"{other}\" are of two types, and never equal",
                                          {{"name", std::string(own.name)}, {"other", other.fact}}));
  return std::nullopt;
}

// The value itself, or an object of one comparison.
std::optional<Predicate> read_predicate(json::ReadContext& context, const json::Member& member,
                                        const std::vector<FactKind>& known) {
  const auto& [name, at, node] = member;
  const auto* fact = find_fact(known, name);
  if (fact == nullptr) {
    context.problems.add(at, no_such_fact(name, known));
    return std::nullopt;
  }
  Predicate predicate{.fact = name, .comparison = Comparison::equals};
  const auto* object = node.as<json::Node::Object>();
  const json::Node* wanted = &node;
  if (object != nullptr) {
    const auto comparison = object->size() == 1 ? comparison_from(object->front().key) : std::nullopt;
    if (!comparison) {
      context.fault(node,
                    msg("a fact is compared by exactly one of {known}", json::unknown("", all_words<Comparison>())));
      return std::nullopt;
    }
    predicate.comparison = *comparison;
    wanted = &object->front().value;
  }
  if (wanted->as<json::Node::Object>() != nullptr && predicate.comparison == Comparison::equals) {
    const auto other = read_fact_of(context, *wanted, *fact, known);
    if (!other) return std::nullopt;
    predicate.wanted = *other;
    return predicate;
  }
  const auto value = read_value(context, *wanted, name);
  if (!value) return std::nullopt;
  if (!fits(predicate.comparison, *value)) {
    context.fault(*wanted, msg("\"{comparison}\" cannot compare this",
                               {{"comparison", std::string(to_string(predicate.comparison))}}));
    return std::nullopt;
  }
  if (!can_hold(predicate.comparison, fact->type, *value)) {
    context.fault(*wanted, how_to_compare(*fact));
    return std::nullopt;
  }
  predicate.wanted = *value;
  return predicate;
}

}  // namespace

std::vector<Predicate> read_facts(const json::ObjectReader& expected, const std::vector<FactKind>& known) {
  std::vector<Predicate> facts;
  for (const auto& member : expected.members("facts"))
    if (auto predicate = read_predicate(expected.context(), member, known)) facts.push_back(*std::move(predicate));
  return facts;
}

}  // namespace mqtts::plan
