#include "harness/catalogue/catalogue.h"

#include <algorithm>

#include "harness/json/json.h"
#include "harness/json/object_reader.h"

namespace mqtts {

namespace texts {
extern const std::string_view check_catalogue_json;
extern const std::string_view check_schema_json;
}  // namespace texts

namespace catalogue {
namespace {

std::vector<std::string> ids_of_groups() {
  std::vector<std::string> ids;
  for (const auto& group : groups()) ids.emplace_back(group.id);
  return ids;
}

std::vector<std::string> ids_of_remedies() {
  std::vector<std::string> ids;
  for (const auto& [id, name] : remedy_kinds()) ids.emplace_back(id);
  return ids;
}

// Every text of the catalogue is there in both languages.
LocalText read_both(const json::ObjectReader& source) { return {.en = source.text("en"), .fr = source.text("fr")}; }

LocalText read_text(const json::ObjectReader& source, std::string_view key) {
  const auto* node = source.need(key);
  if (node == nullptr) return {};
  const json::ObjectReader text(source.context(), *node, key, {"en", "fr"});
  return text.is_object() ? read_both(text) : LocalText{};
}

Remedy read_remedy(json::ReadContext& context, const json::Node& node, std::string_view kind) {
  const json::ObjectReader source(context, node, kind, {"en", "fr", "lines"});
  if (!source.is_object()) return {};
  return {.text = read_both(source), .lines = source.texts("lines")};
}

std::vector<std::pair<std::string, Remedy>> read_remedies(const json::ObjectReader& entry) {
  std::vector<std::pair<std::string, Remedy>> remedies;
  const auto* node = entry.need("remedies");
  if (node == nullptr) return remedies;
  const json::ObjectReader source(entry.context(), *node, "remedies", ids_of_remedies());
  if (!source.is_object()) return remedies;
  source.need("generic");
  for (const auto& kind : ids_of_remedies())
    if (const auto* at = source.find(kind)) remedies.emplace_back(kind, read_remedy(entry.context(), *at, kind));
  return remedies;
}

Severity read_severity(const json::ObjectReader& entry) {
  const auto text = entry.text("severity");
  const auto severity = severity_from(text);
  if (!severity && !text.empty())
    entry.context().fault(*entry.find("severity"),
                          msg("\"{name}\" is no severity; known: {known}",
                              json::unknown(text, {"critical", "high", "medium", "low", "info"})));
  return severity.value_or(Severity::info);
}

std::string read_group(const json::ObjectReader& entry) {
  auto text = entry.text("group");
  if (!text.empty() && std::ranges::find(groups(), text, &Group::id) == groups().end())
    entry.context().fault(*entry.find("group"),
                          msg("there is no group \"{name}\"; known: {known}", json::unknown(text, ids_of_groups())));
  return text;
}

std::vector<Reference> read_references(const json::ObjectReader& entry) {
  std::vector<Reference> references;
  for (const auto& node : entry.elements("references")) {
    const json::ObjectReader source(entry.context(), node, "references", {"name", "title", "url"});
    if (!source.is_object()) continue;
    references.push_back({.name = source.text("name"),
                          .title = source.optional_text("title").value_or(""),
                          .url = source.optional_text("url").value_or("")});
  }
  return references;
}

Entry read_entry(json::ReadContext& context, const json::Node& node) {
  const json::ObjectReader source(
      context, node, "check",
      {"$schema", "schema", "id", "group", "severity", "title", "proves", "why", "remedies", "references"});
  if (!source.is_object() || !json::check_version(context, node, "mqtts-harness/check/v1")) return {};
  return {.id = source.name("id"),
          .group = read_group(source),
          .severity = read_severity(source),
          .title = read_text(source, "title"),
          .proves = read_text(source, "proves"),
          .why = read_text(source, "why"),
          .remedies = read_remedies(source),
          .references = read_references(source)};
}

std::vector<Entry> read_built_in() {
  json::Diagnostics problems("catalogue", built_in_text());
  auto entries = read_entries(built_in_text(), problems);
  const auto place = [](const Entry& entry) {
    return std::ranges::find(groups(), entry.group, &Group::id) - groups().begin();
  };
  std::ranges::stable_sort(entries, {}, place);
  return problems.list().empty() ? entries : std::vector<Entry>();
}

}  // namespace

const std::vector<Group>& groups() {
  static const std::vector<Group> all = {
      {"transport", msg("Transport")},   {"server-certificate", msg("Server certificate")},
      {"password", msg("Passwords")},    {"client-certificate", msg("Client certificates")},
      {"acl", msg("Access control")},    {"session", msg("Sessions")},
      {"resilience", msg("Resilience")}, {"wire", msg("On the wire")},
      {"host", msg("The broker's host")}};
  return all;
}

const std::vector<std::pair<std::string_view, std::string_view>>& remedy_kinds() {
  static const std::vector<std::pair<std::string_view, std::string_view>> all = {{"mosquitto-2.0", "Mosquitto 2.0"},
                                                                                 {"mosquitto-2.1", "Mosquitto 2.1"},
                                                                                 {"rabbitmq", "RabbitMQ"},
                                                                                 {"generic", ""}};
  return all;
}

std::vector<Entry> read_entries(std::string_view text, json::Diagnostics& problems) {
  std::vector<Entry> entries;
  const auto root = json::parse_json(text, problems);
  if (!root) return entries;
  json::ReadContext context{problems};
  const auto* list = root->as<json::Node::Array>();
  if (list == nullptr) {
    context.fault(*root, msg("the catalogue must be a list"));
    return entries;
  }
  for (const auto& node : *list) {
    entries.push_back(read_entry(context, node));
    const auto& id = entries.back().id;
    if (std::ranges::count(entries, id, &Entry::id) > 1 && !id.empty())
      context.fault(node, msg("there is another check \"{name}\" in the catalogue", {{"name", id}}));
  }
  return entries;
}

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = read_built_in();
  return all;
}

const Entry* find(std::string_view id) {
  const auto found = std::ranges::find(entries(), id, &Entry::id);
  return found == entries().end() ? nullptr : &*found;
}

Chosen remedy_for(const Entry& entry, std::string_view broker) {
  const auto of = [&](std::string_view kind) -> const Remedy* {
    const auto found = std::ranges::find(entry.remedies, kind, &std::pair<std::string, Remedy>::first);
    return found == entry.remedies.end() ? nullptr : &found->second;
  };
  std::vector<std::string_view> kinds;
  if (broker.starts_with("mosquitto 2.1")) kinds.emplace_back("mosquitto-2.1");
  if (broker.starts_with("mosquitto")) kinds.emplace_back("mosquitto-2.0");
  if (broker.starts_with("rabbitmq")) kinds.emplace_back("rabbitmq");
  kinds.emplace_back("generic");
  for (const auto kind : kinds)
    if (const auto* remedy = of(kind)) return {kind, remedy};
  return {};
}

std::string_view built_in_text() { return texts::check_catalogue_json; }
std::string_view check_schema() { return texts::check_schema_json; }

}  // namespace catalogue
}  // namespace mqtts
