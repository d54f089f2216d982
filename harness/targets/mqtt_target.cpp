#include "harness/targets/ssh_defaults.h"
#include "harness/targets/target_kind.h"
#include "harness/targets/target_url.h"

namespace mqtts::cli {

bool is_mqtt(const std::string& name) {
  const auto scheme = plan::scheme_of(name);
  return scheme == plan::UrlScheme::mqtts || scheme == plan::UrlScheme::mqtt;
}

Opened open_mqtt(const TargetOptions& options, const Deadline&, Interaction&) {
  const auto url = plan::parse_target_url(options.name);
  if (!url) {
    return tl::make_unexpected(Error{
        ErrorKind::usage,
        msg("--target {target}: it is written mqtts://host[:port] or mqtt://host[:port]", {{"target", options.name}}),
        msg("an IPv6 address stands in brackets; everything else goes into a target file")});
  }
  return open_with_defaults(url->host, plan::mqtt_address(*url), std::nullopt, options);
}

}  // namespace mqtts::cli
