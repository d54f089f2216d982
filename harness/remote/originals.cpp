#include "harness/remote/originals.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "harness/remote/scripts.h"

namespace mqtts::remote {

namespace {

constexpr int readable_by_all = 0004;

tl::unexpected<Error> not_ours(const std::string& output) {
  return failure(ErrorKind::remote, msg("what stood on the broker's host could not be read"),
                 msg("it must have the usual commands of a GNU or busybox system, and /proc"), output.substr(0, 2000));
}

// Reads what follows "path ..." up to and with the line of one dot. False if it is not as host.sh writes it.
bool read_file(std::istream& lines, OriginalFile& file, std::set<std::string>& missing_folders) {
  std::string line, body;
  while (std::getline(lines, line) && line.starts_with("missing ")) missing_folders.insert(line.substr(8));
  if (line.starts_with("file ")) {
    file.kind = OriginalFile::Kind::file;
    std::istringstream words(line.substr(5));
    words >> std::oct >> file.mode >> file.owner;
    if (words.fail()) return false;
  } else if (line == "link") {
    file.kind = OriginalFile::Kind::link;
  } else if (line != "absent") {
    return false;
  }
  while (std::getline(lines, line) && line != ".") body += line;
  const auto content = base64_decoded(body);
  if (line != "." || !content) return false;
  file.content = *content;
  return true;
}

std::string words_by_hand(const OriginalFile& file, const std::string& sudo) {
  const std::string path = quoted(file.path);
  switch (file.kind) {
    case OriginalFile::Kind::absent: return fmt::format("{}rm -f -- {}", sudo, path);
    case OriginalFile::Kind::link: return fmt::format("{}ln -sfn -- {} {}", sudo, quoted(file.content), path);
    case OriginalFile::Kind::file: break;
  }
  const std::string attributes =
      fmt::format("{0}chown {1} -- {2} && {0}chmod {3:o} -- {2}", sudo, file.owner, path, file.mode);
  if ((file.mode & readable_by_all) == 0) {
    return fmt::format("# {}: put its former content back from your own copy (it is not public), then: {}", file.path,
                       attributes);
  }
  return fmt::format("{0}rm -f -- {1}; echo {2} | base64 -d | {0}tee -- {1} >/dev/null && {3}", sudo, path,
                     base64_encoded(file.content), attributes);
}

}  // namespace

const OriginalFile* Originals::find(const std::string& path) const {
  const auto at = std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.path == path; });
  return at == files.end() ? nullptr : &*at;
}

void Originals::add(Originals later) {
  std::move(later.files.begin(), later.files.end(), std::back_inserter(files));
  missing_folders.merge(later.missing_folders);
}

std::vector<std::string> deepest_first(const std::set<std::string>& folders) {
  std::vector<std::string> sorted(folders.begin(), folders.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return sorted;
}

Result<Originals> parse_originals(const std::string& output) {
  Originals originals;
  std::istringstream lines(output);
  std::string line;
  while (std::getline(lines, line) && line.starts_with("path ")) {
    OriginalFile& file = originals.files.emplace_back();
    file.path = line.substr(5);
    const auto before = lines.tellg();
    if (!read_file(lines, file, originals.missing_folders)) {
      lines.clear();
      lines.seekg(before);
      while (std::getline(lines, line) && line.starts_with("missing ")) continue;
      if (line != "other") return not_ours(output);
      return failure(ErrorKind::remote,
                     msg("{path} on the broker's host is neither a file nor a link", {{"path", file.path}}),
                     msg("move it away, or let the plan use another path"));
    }
  }
  std::istringstream words(line);
  std::string state;
  words >> state;
  if (state != "running" && state != "stopped") return not_ours(output);
  originals.broker_ran = state == "running";
  for (std::string port; words >> port;) originals.ports.push_back(port);
  std::sort(originals.ports.begin(), originals.ports.end());
  originals.ports.erase(std::unique(originals.ports.begin(), originals.ports.end()), originals.ports.end());
  return originals;
}

std::vector<std::string> commands_by_hand(const Originals& then, const BrokerProfile& profile) {
  const std::string sudo = profile.sudo ? "sudo " : "";
  const auto service = [&](const std::string& command) {
    return profile.sudo ? fmt::format("sudo sh -c {}", quoted(command)) : command;
  };
  std::vector<std::string> commands;
  commands.push_back(service(profile.stop_command));
  for (const auto& file : then.files) commands.push_back(words_by_hand(file, sudo));
  for (const auto& folder : deepest_first(then.missing_folders))
    commands.push_back(fmt::format("{}rmdir -- {}", sudo, quoted(folder)));
  if (then.broker_ran) commands.push_back(service(profile.start_command));
  return commands;
}

}  // namespace mqtts::remote
