#include "harness/cli/target.h"

#include <filesystem>

#include "harness/cli/command.h"
#include "harness/cli/console.h"
#include "harness/plan/load.h"

namespace mqtts::cli {
namespace {

tl::expected<Target, int> read_target(const std::string& path, const reports::Words& words) {
  auto loaded = plan::load_target(path);
  if (!loaded.target) return tl::make_unexpected(tell(loaded.problems, words));
  return *std::move(loaded.target);
}

}  // namespace

tl::expected<OpenTarget, int> open_target(const std::string& name, const Deadline& deadline,
                                          const reports::Words& words) {
  if (name == "embedded") {
    auto host = EmbeddedHost::start(deadline);
    if (!host) return tl::make_unexpected(tell(host.error(), words));
    auto target = read_target(host->target_file(), words);
    if (!target) return tl::make_unexpected(target.error());
    return OpenTarget{std::move(*host), *std::move(target)};
  }
  if (!std::filesystem::exists(name))
    return tl::make_unexpected(
        tell(Error{ErrorKind::usage, msg("--target {target}: there is no such file", {{"target", name}}),
                   msg("give `embedded`, or the path of a target file (`mqtts-harness schema target` shows its form)")},
             words));
  auto target = read_target(name, words);
  if (!target) return tl::make_unexpected(target.error());
  return OpenTarget{std::nullopt, *std::move(target)};
}

}  // namespace mqtts::cli
