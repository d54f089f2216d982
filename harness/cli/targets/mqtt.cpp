#include "harness/cli/command.h"
#include "harness/cli/console.h"
#include "harness/cli/targets/kinds.h"
#include "harness/cli/targets/ssh_options.h"
#include "harness/plan/target_url.h"

namespace mqtts::cli {

bool is_mqtt(const std::string& name) {
  const auto scheme = plan::scheme_of(name);
  return scheme == plan::UrlScheme::mqtts || scheme == plan::UrlScheme::mqtt;
}

tl::expected<OpenTarget, int> open_mqtt(const TargetOptions& options, const Deadline&, const reports::Words& words) {
  const auto url = plan::parse_target_url(options.name);
  if (!url) {
    return tl::make_unexpected(
        tell(Error{ErrorKind::usage,
                   msg("--target {target}: it is written mqtts://host[:port] or mqtt://host[:port]",
                       {{"target", options.name}}),
                   msg("an IPv6 address stands in brackets; everything else goes into a target file")},
             words));
  }
  return open_with_defaults(url->host, plan::mqtt_address(*url), std::nullopt, options, words);
}

}  // namespace mqtts::cli
