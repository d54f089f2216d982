#include "harness/cli/command.h"
#include "harness/cli/console.h"
#include "harness/cli/targets/kinds.h"
#include "harness/cli/targets/ssh_options.h"
#include "harness/plan/ssh_text.h"

namespace mqtts::cli {
namespace {

constexpr std::string_view scheme = "ssh://";

}  // namespace

bool is_ssh(const std::string& name) { return name.starts_with(scheme); }

tl::expected<OpenTarget, int> open_ssh(const TargetOptions& options, const Deadline&, const reports::Words& words) {
  std::string_view text = std::string_view(options.name).substr(scheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  const auto place = plan::parse_ssh_place(text);
  if (!place) {
    return tl::make_unexpected(
        tell(Error{ErrorKind::usage,
                   msg("--target {target}: it is written ssh://user@host[:port]", {{"target", options.name}}),
                   msg("an IPv6 address stands in brackets; everything else goes into a target file")},
             words));
  }
  SshAddress ssh{.host = place->host, .port = place->port, .user = place->user.empty() ? login_name() : place->user};
  const auto folder = home_folder() / ".ssh";
  ssh.known_hosts_file = folder / "known_hosts";
  ssh.agent = true;
  for (const auto* name : {"id_ed25519", "id_ecdsa", "id_rsa"}) {
    std::error_code ignored;
    if (std::filesystem::exists(folder / name, ignored)) ssh.identity_files.push_back(folder / name);
  }
  return open_with_defaults(place->host, place->host, std::move(ssh), options, words);
}

}  // namespace mqtts::cli
