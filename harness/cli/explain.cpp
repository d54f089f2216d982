#include "harness/cli/explain.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/describe.h"
#include "reports/markdown_text.h"
#include "reports/plain_text.h"
#include "reports/terminal_style.h"

namespace mqtts::cli {
namespace {

using reports::Color;
using reports::TerminalStyle;
using reports::Translator;

// The name of a kind of broker, for people.
std::string broker_name(std::string_view kind, const Translator& tr) {
  for (const auto& [id, name] : catalogue::remedy_kinds())
    if (id == kind && !name.empty()) return std::string(name);
  return tr(msg("Any broker"));
}

std::string indented(std::string_view text, int width, std::size_t by) {
  std::string lines;
  for (const auto& line : reports::wrapped(text, static_cast<std::size_t>(std::max(width, 40)) - by))
    lines += std::string(by, ' ') + line + '\n';
  return lines;
}

std::vector<const catalogue::Entry*> of_group(std::string_view group) {
  std::vector<const catalogue::Entry*> entries;
  for (const auto& entry : catalogue::entries())
    if (entry.group == group) entries.push_back(&entry);
  return entries;
}

std::string name_of(const Reference& reference) {
  return reference.title.empty() ? reference.name : reference.name + ": " + reference.title;
}

std::string link_of(const Reference& reference) {
  const auto text = name_of(reference);
  return reference.url.empty() ? text : fmt::format("[{}]({})", text, reference.url);
}

}  // namespace

std::string explained(const catalogue::Entry& entry, const Translator& tr, const reports::Style& look) {
  const TerminalStyle style(look);
  std::string page = fmt::format("{}  {}\n", style(Color::strong, entry.id),
                                 style(Color::faint, tr(reports::describe(entry.severity))));
  const auto paragraph = [&](const Message& title, const std::string& text) {
    page += '\n' + style(Color::strong, tr(title)) + '\n' + indented(text, look.width, 2);
  };
  page += indented(tr(entry.title), look.width, 0);
  paragraph(msg("What it proves"), tr(entry.proves));
  paragraph(msg("Why it matters"), tr(entry.why));
  page += '\n' + style(Color::strong, tr(msg("How to mend it"))) + '\n';
  for (const auto& [kind, remedy] : entry.remedies) {
    page += "  " + style(Color::strong, broker_name(kind, tr)) + '\n';
    page += indented(tr(remedy.text), look.width, 4);
    for (const auto& line : remedy.lines) page += "      " + style(Color::plain, line) + '\n';
  }
  if (entry.references.empty()) return page;
  page += '\n' + style(Color::strong, tr(msg("References"))) + '\n';
  for (const auto& reference : entry.references) page += "  " + style(Color::plain, name_of(reference)) + '\n';
  return page;
}

std::string all_explained(const Translator& tr, const reports::Style& look) {
  const TerminalStyle style(look);
  std::string page;
  for (const auto& group : catalogue::groups()) {
    const auto entries = of_group(group.id);
    if (entries.empty()) continue;
    page += fmt::format("{}{}  {}\n", page.empty() ? "" : "\n", style(Color::strong, group.id), tr(group.title));
    for (const auto* entry : entries)
      page += fmt::format("  {:<42} {:<9} {}\n", entry->id, tr(reports::describe(entry->severity)), tr(entry->title));
  }
  return page;
}

nlohmann::ordered_json as_json(const catalogue::Entry& entry, const Translator& tr) {
  auto remedies = nlohmann::ordered_json::object();
  for (const auto& [kind, remedy] : entry.remedies)
    remedies[kind] = {{"text", tr(remedy.text)}, {"lines", remedy.lines}};
  auto references = nlohmann::ordered_json::array();
  for (const auto& reference : entry.references) {
    auto& one = references.emplace_back(nlohmann::ordered_json{{"name", reference.name}});
    if (!reference.title.empty()) one["title"] = reference.title;
    if (!reference.url.empty()) one["url"] = reference.url;
  }
  return {{"id", entry.id},
          {"group", entry.group},
          {"severity", to_string(entry.severity)},
          {"title", tr(entry.title)},
          {"proves", tr(entry.proves)},
          {"why", tr(entry.why)},
          {"remedies", std::move(remedies)},
          {"references", std::move(references)}};
}

std::string catalogue_page(const Translator& tr) {
  std::string page = tr(msg("# Checks")) + "\n\n";
  page += tr(msg("What each check proves, why it matters, and how to mend a broker that fails it. This page is what "
                 "`mqtts-harness explain --markdown` prints; `mqtts-harness explain CHECK` prints one of them.")) +
          "\n";
  for (const auto& group : catalogue::groups()) {
    const auto entries = of_group(group.id);
    if (entries.empty()) continue;
    page += fmt::format("\n## {}\n", tr(group.title));
    for (const auto* entry : entries) {
      page += fmt::format("\n### {}\n\n**{}** ({})\n\n{}\n\n{}\n", entry->id, tr(entry->title),
                          tr(reports::describe(entry->severity)), tr(entry->proves), tr(entry->why));
      for (const auto& [kind, remedy] : entry->remedies) {
        page += fmt::format("\n*{}*: {}\n", broker_name(kind, tr), tr(remedy.text));
        if (!remedy.lines.empty()) page += '\n' + reports::markdown_block(remedy.lines);
      }
      if (entry->references.empty()) continue;
      page += '\n';
      for (const auto& reference : entry->references) page += "- " + link_of(reference) + '\n';
    }
  }
  return page;
}

}  // namespace mqtts::cli
