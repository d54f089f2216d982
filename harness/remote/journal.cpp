#include "harness/remote/journal.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "harness/remote/scripts.h"
#include "harness/util/shell_quote.h"

namespace mqtts::remote {

namespace {

tl::unexpected<Error> unreadable_journal(const std::string& output) {
  return failure(ErrorKind::remote, msg("what stood on the broker's host could not be read"),
                 msg("it must have the usual commands of a GNU or busybox system, and /proc"), output.substr(0, 2000));
}

// Parses a line of `standing` in journal.sh. Returns false if it is invalid.
bool read_file_state(const std::string& line, FileState& file) {
  std::istringstream description(line);
  std::string kind;
  description >> kind;
  if (kind == "absent") return true;
  if (kind == "other") {
    file.kind = FileState::Kind::other;
    return true;
  }
  if (kind == "link") {
    file.kind = FileState::Kind::link;
    description >> file.owner >> file.sha256;
  } else if (kind == "file") {
    file.kind = FileState::Kind::file;
    description >> std::oct >> file.mode >> std::dec >> file.owner >> file.modified >> file.sha256;
  } else {
    return false;
  }
  return !description.fail() && file.sha256.size() == 64;
}

// Deepest first: each folder comes before its parent.
std::vector<std::string> deepest_first(const std::set<std::string>& folders) {
  return {folders.rbegin(), folders.rend()};
}

std::string words_by_hand(const FileState& file, const std::string& copy, const std::string& sudo) {
  std::string remove = fmt::format("{}rm -f -- {}", sudo, shell_quoted(file.path));
  if (file.kind == FileState::Kind::absent) return remove;
  return fmt::format("{} && {}cp -a -- {} {}", remove, sudo, shell_quoted(copy), shell_quoted(file.path));
}

}  // namespace

const FileState* Journal::find(const std::string& path) const {
  const auto at = std::ranges::find(files, path, &FileState::path);
  return at == files.end() ? nullptr : &*at;
}

Result<Journal> parse_journal(const std::string& index) {
  Journal journal;
  std::istringstream lines(index);
  std::string line;
  while (std::getline(lines, line) && line.starts_with("path ")) {
    FileState& file = journal.files.emplace_back();
    file.path = line.substr(5);
    while (std::getline(lines, line) && line.starts_with("missing ")) journal.missing_folders.insert(line.substr(8));
    if (!read_file_state(line, file)) return unreadable_journal(index);
  }
  std::istringstream description(line);
  std::string state;
  description >> state;
  if (state != "running" && state != "stopped") return unreadable_journal(index);
  journal.broker_ran = state == "running";
  description >> journal.process;
  for (std::string port; description >> port;) journal.ports.push_back(port);
  std::ranges::sort(journal.ports);
  journal.ports.erase(std::unique(journal.ports.begin(), journal.ports.end()), journal.ports.end());
  return journal;
}

std::optional<Message> difference(const Journal& then, const Journal& now, const std::string& why) {
  for (const auto& file : then.files) {
    const auto* found = now.find(file.path);
    if (found == nullptr || *found != file)
      return msg("{path} on the broker's host could not be put back: {why}", {{"path", file.path}, {"why", why}});
  }
  if (now.missing_folders != then.missing_folders)
    return msg("folders made on the broker's host could not be removed: {why}", {{"why", why}});
  if (now.broker_ran == then.broker_ran && now.ports == then.ports) return std::nullopt;
  return then.broker_ran ? msg("the broker could not be started again as it was: {why}", {{"why", why}})
                         : msg("the broker could not be stopped again: {why}", {{"why", why}});
}

std::vector<std::string> commands_by_hand(const Journal& then, const BrokerProfile& profile) {
  const std::string sudo = profile.sudo ? "sudo " : "";
  const auto service = [&](const std::string& command) {
    return profile.sudo ? fmt::format("sudo sh -c {}", shell_quoted(command)) : command;
  };
  std::vector<std::string> commands;
  commands.push_back(service(profile.stop_command));
  for (std::size_t i = 0; i < then.files.size(); ++i)
    commands.push_back(words_by_hand(then.files[i], fmt::format("{}/files/{}", profile.journal, i + 1), sudo));
  for (const auto& folder : deepest_first(then.missing_folders))
    commands.push_back(fmt::format("{}rmdir -- {}", sudo, shell_quoted(folder)));
  if (then.broker_ran) commands.push_back(service(profile.start_command));
  const auto folder = profile.journal.substr(0, profile.journal.rfind('/'));
  commands.push_back(fmt::format("{0}rm -rf -- {1}; {0}rmdir -- {2} 2>/dev/null", sudo, shell_quoted(profile.journal),
                                 shell_quoted(folder)));
  return commands;
}

Result<JournalOwner> parse_holder(const std::string& answer) {
  using enum JournalOwner::State;
  const std::pair<std::string_view, JournalOwner::State> states[] = {
      {"none", none}, {"ours", ours}, {"held", held}, {"orphaned", orphaned}, {"left", left}};
  const std::string line = answer.substr(0, answer.find('\n'));
  const auto space = std::min(line.find(' '), line.size());
  const auto known =
      std::ranges::find(states, std::string_view(line).substr(0, space), [](auto& s) { return s.first; });
  if (known == std::end(states)) return unreadable_journal(answer);
  JournalOwner owner{known->second, line.substr(std::min(space + 1, line.size()))};
  constexpr std::string_view kept = "kept ";
  if (const auto rest = std::string_view(answer).substr(std::min(line.size() + 1, answer.size()));
      rest.starts_with(kept))
    owner.kept_since = rest.substr(kept.size(), rest.find('\n') - kept.size());
  return owner;
}

}  // namespace mqtts::remote
