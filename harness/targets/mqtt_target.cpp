#include "harness/targets/ssh_defaults.h"
#include "harness/targets/target_kind.h"
#include "harness/targets/target_url.h"

namespace mqtts::targets {

bool is_mqtt(const std::string& name) {
  const auto scheme = scheme_of(name);
  return scheme && *scheme != UrlScheme::ssh;
}

Opened open_mqtt(const TargetOptions& options, const Deadline&, Interaction&) {
  const auto url = parse_target_url(options.name);
  if (!url) {
    return tl::make_unexpected(Error{
        ErrorKind::usage,
        msg("--target {target}: it is written mqtts://host[:port], mqtt://host[:port], wss://host[:port][/path] or "
            "ws://host[:port][/path]",
            {{"target", options.name}}),
        msg("an IPv6 address stands in brackets; everything else goes into a target file")});
  }
  return open_with_defaults(url->host, mqtt_address(*url), std::nullopt, options);
}

}  // namespace mqtts::targets
