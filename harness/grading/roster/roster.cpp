#include "harness/grading/roster/roster.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>

#include "harness/brokers/profile.h"
#include "harness/grading/roster/read_roster.h"
#include "harness/json/read_bytes.h"
#include "harness/targets/target_url.h"
#include "harness/util/ascii.h"
#include "harness/util/iso8601.h"
#include "harness/util/utf8.h"

namespace mqtts::grading {
namespace {

constexpr std::size_t most_elsewhere = 100;

// A student's folder and page lie beside the class's own reports, and must not have the same name. Many file systems
// and web servers ignore case.
bool looks_like_a_report(const std::string& id) {
  constexpr std::array endings = {".json", ".xml", ".html", ".csv", ".md", ".tap", ".txt", ".sarif"};
  const auto name = lower_case(id);
  return name == "class" || std::ranges::any_of(endings, [&](const char* ending) { return name.ends_with(ending); });
}

// Offsets must be passed in ascending order.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}
  int line_of(std::size_t offset) {
    line_ += static_cast<int>(std::ranges::count(text_.substr(at_, offset - at_), '\n'));
    at_ = offset;
    return line_;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

class RosterReader {
 public:
  RosterReader(std::filesystem::path folder, std::string profile, const TargetLoader& target_loader,
               json::Diagnostics& problems)
      : folder_(std::move(folder)), profile_(std::move(profile)), load_target_(target_loader), context_{problems} {}

  RosterEntry read(const RosterRow& row, int line) {
    RosterEntry entry{.line = line};
    auto& student = entry.student;
    for (const auto& cell : row.cells) {
      if (!check_text(cell)) continue;
      if (cell.column == "student_id")
        student.id = read_id(cell, line);
      else if (cell.column == "name")
        student.name = cell.text;
      else if (cell.column == "email")
        student.email = cell.text;
      else if (cell.column == "target")
        read_target(cell, line, entry);
      else if (cell.column == "due")
        student.due = read_moment(cell);
      else if (cell.column == "submitted")
        student.submitted = read_moment(cell);
      else
        student.columns.emplace_back(cell.column, cell.text);
    }
    entry.target.name = student.id;
    return entry;
  }

  // Problems in other files.
  std::vector<json::Diagnostic>& elsewhere() { return elsewhere_; }

 private:
  void fault(const RosterCell& cell, Message message) { context_.problems.add(cell.at, std::move(message)); }

  bool check_text(const RosterCell& cell) {
    const bool is_known = std::ranges::find(known_columns(), cell.column) != known_columns().end();
    const json::Node node{.at = cell.at, .value = cell.text};
    if (!json::read_text(context_, node, json::shown(cell.column), is_known ? json::Lines::one : json::Lines::many))
      return false;
    const auto& needed = needed_columns();
    if (!cell.text.empty() || std::ranges::find(needed, cell.column) == needed.end()) return true;
    fault(cell, msg("\"{key}\" must not be empty", {{"key", cell.column}}));
    return false;
  }

  // Returns true if no earlier row has the `name` in this cell.
  bool is_first(std::map<std::string, int>& lines, const std::string& name, const RosterCell& cell, int line,
                Message (*tell)(int first)) {
    const auto [found, is_new] = lines.emplace(name, line);
    if (!is_new) fault(cell, tell(found->second));
    return is_new;
  }

  std::string read_id(const RosterCell& cell, int line) {
    if (!json::check_name(context_, cell.at, cell.text)) return {};
    if (looks_like_a_report(cell.text))
      fault(cell, msg("\"{name}\" cannot be a student's id: their folder or page would have the name of a report",
                      {{"name", cell.text}}));
    is_first(id_lines_, lower_case(cell.text), cell, line, [](int first) {
      return msg("the student of line {line} has the same student_id", {{"line", std::to_string(first)}});
    });
    return cell.text;
  }

  std::string read_moment(const RosterCell& cell) {
    if (cell.text.empty()) return {};
    const auto moment = parse_moment(cell.text);
    if (moment) return moment->utc;
    fault(cell, msg("\"{text}\" is no date with a time of day: one is written as \"2026-12-01T18:00+01:00\", and taken "
                    "for UTC without its offset",
                    {{"text", json::shown(cell.text)}}));
    return {};
  }

  void read_target(const RosterCell& cell, int line, RosterEntry& entry) {
    entry.student.target = cell.text;
    const bool is_new = is_first(target_lines_, cell.text, cell, line, [](int first) {
      return msg(
          "the student of line {line} has the same target; if the two share a broker, write a target file for "
          "each",
          {{"line", std::to_string(first)}});
    });
    if (!is_new) return;
    if (const auto scheme = targets::scheme_of(cell.text)) {
      const auto url = targets::parse_target_url(cell.text);
      const bool lacks_user = url && url->scheme == targets::UrlScheme::ssh && url->user.empty();
      if (url && !lacks_user)
        entry.target = target_at(*url);
      else
        fault(cell, msg("\"{text}\" is not written as {form}",
                        {{"text", json::shown(cell.text)}, {"form", std::string(targets::form_of(*scheme))}}));
    } else if (cell.text.find("://") != std::string::npos) {
      fault(cell, msg("\"{text}\" is no target: it is ssh://user@host[:port], mqtts://host[:port], mqtt://host[:port], "
                      "or the path of a target file",
                      {{"text", json::shown(cell.text)}}));
    } else if (cell.text.starts_with('~')) {
      fault(cell,
            msg("\"{path}\": \"~\" is not expanded here: write the whole path", {{"path", json::shown(cell.text)}}));
    } else {
      read_target_file(cell, entry);
    }
  }

  Target target_at(const targets::TargetUrl& url) {
    Target target{.mqtt = targets::mqtt_address(url)};
    auto loaded = brokers::load_profile(profile_.empty() ? std::string(brokers::default_profile) : profile_,
                                        target.mqtt, url.user);
    tell_elsewhere(loaded.problems);
    target.broker = std::move(loaded.profile).value_or(BrokerProfile{});
    if (url.scheme == targets::UrlScheme::ssh)
      target.ssh = SshAddress{.host = url.host, .port = url.port, .user = url.user};
    return target;
  }

  void read_target_file(const RosterCell& cell, RosterEntry& entry) {
    const auto path = (folder_ / cell.text).lexically_normal().string();
    auto loaded = load_target_(path, profile_);
    if (loaded.target) {
      entry.target = *std::move(loaded.target);
    } else if (loaded.problems.size() == 1 && loaded.problems.front().line == 0) {
      fault(cell, loaded.problems.front().message);  // the file is missing or unreadable
    } else {
      fault(cell, msg("something is wrong with the target file {path}; it is told after the roster's own problems",
                      {{"path", json::shown(path)}}));
      tell_elsewhere(loaded.problems);
    }
  }

  // Each problem once: many targets may name the same broken profile.
  void tell_elsewhere(const std::vector<json::Diagnostic>& problems) {
    for (const auto& problem : problems)
      if (elsewhere_.size() < most_elsewhere && std::ranges::find(elsewhere_, problem) == elsewhere_.end())
        elsewhere_.push_back(problem);
  }

  std::filesystem::path folder_;
  std::string profile_;
  const TargetLoader& load_target_;
  json::ReadContext context_;
  std::vector<json::Diagnostic> elsewhere_;
  std::map<std::string, int> id_lines_;
  std::map<std::string, int> target_lines_;
};

bool is_json(std::string_view text, const std::string& path) {
  if (path.ends_with(".json") || path.ends_with(".csv")) return path.ends_with(".json");
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

// Returns false if the bytes are not text. Reports bytes that are not UTF-8, and replaces them by question marks.
bool read_as_text(std::string& bytes, json::Diagnostics& problems) {
  if (const auto nul = bytes.find('\0'); nul != std::string::npos) {
    problems.add(nul, msg("this is not CSV in UTF-8, as it holds a NUL byte: save the file as \"CSV UTF-8\""));
    return false;
  }
  if (const auto bad = mask_invalid_utf8(bytes))
    problems.add(*bad, msg("this byte is not UTF-8: save the file as \"CSV UTF-8\""));
  return true;
}

std::vector<RosterRow> read_rows(std::string& text, const std::string& path, json::Diagnostics& problems) {
  if (text.size() > json::most_bytes) {
    problems.add(msg("the file is larger than {count} bytes", {{"count", std::to_string(json::most_bytes)}}));
    return {};
  }
  if (is_json(text, path)) return read_json_roster(text, problems);
  return read_as_text(text, problems) ? read_csv_roster(text, problems) : std::vector<RosterRow>();
}

}  // namespace

LoadedRoster parse_roster(std::string_view bytes, const std::string& path, const std::string& profile,
                          const TargetLoader& target_loader) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
  std::string text(bytes);
  json::Diagnostics problems(path, text);
  const auto rows = read_rows(text, path, problems);
  if (rows.empty() && problems.none()) problems.add(0, msg("the roster names no student"));

  RosterReader reader(std::filesystem::absolute(path).parent_path(), profile, target_loader, problems);
  LineCounter lines(text);
  std::vector<RosterEntry> entries;
  entries.reserve(rows.size());
  for (const auto& row : rows) {
    entries.push_back(reader.read(row, lines.line_of(row.at)));
    entries.back().row = static_cast<int>(entries.size());
  }

  LoadedRoster loaded{.problems = problems.list()};
  const auto& elsewhere = reader.elsewhere();
  loaded.problems.insert(loaded.problems.end(), elsewhere.begin(), elsewhere.end());
  if (loaded.problems.empty()) loaded.entries = std::move(entries);
  return loaded;
}

LoadedRoster load_roster(const std::string& path, const std::string& profile) {
  LoadedRoster loaded;
  const auto bytes = json::read_bytes(path, loaded.problems);
  return bytes ? parse_roster(*bytes, path, profile) : loaded;
}

}  // namespace mqtts::grading
