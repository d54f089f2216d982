#include "harness/targets/ssh_defaults.h"
#include "harness/targets/target_kind.h"
#include "harness/targets/target_url.h"

namespace mqtts::targets {

bool is_ssh(const std::string& name) { return scheme_of(name) == UrlScheme::ssh; }

Opened open_ssh(const TargetOptions& options, const Deadline&, Interaction&) {
  const auto url = parse_target_url(options.name);
  if (!url) {
    return tl::make_unexpected(Error{
        ErrorKind::usage, msg("--target {target}: it is written ssh://user@host[:port]", {{"target", options.name}}),
        msg("an IPv6 address stands in brackets; everything else goes into a target file")});
  }
  SshAddress ssh{.host = url->host, .port = url->port, .user = url->user};
  complete_ssh_address(ssh);
  return open_with_defaults(url->host, mqtt_address(*url), std::move(ssh), options);
}

}  // namespace mqtts::targets
