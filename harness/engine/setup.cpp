#include "harness/engine/setup.h"

#include "harness/engine/configuration.h"

namespace mqtts::engine {

std::vector<std::string> host_paths(const Plan& plan, const std::vector<const StageSpec*>& stages) {
  std::set<std::string> paths;
  for (const auto* stage : stages)
    for (const auto* step : ladder_to(plan, *stage))
      for (const auto& file : step->files) paths.insert(file.path);
  return {paths.begin(), paths.end()};
}

Result<std::string> StageSetups::content_of(const FileSpec& file) {
  switch (file.content) {
    case FileContent::text: return file.text;
    case FileContent::authority_certificate:
      return materials_.authority(file.material).map([](const Identity& it) { return it.certificate.text; });
    case FileContent::certificate:
      return materials_.certificate(file.material).map([](const Identity& it) { return it.certificate.text; });
    case FileContent::private_key:
      return (plan_.materials.authorities.contains(file.material) ? materials_.authority(file.material)
                                                                  : materials_.certificate(file.material))
          .map([](const Identity& it) { return it.key.text; });
    case FileContent::revocation_list:
      return materials_.revocation_list(file.material, file.list_days).map([](const Pem& it) { return it.text; });
    case FileContent::password_file:
    case FileContent::access_rules: {
      auto names = file.accounts;
      for (const auto& each : file.rules) names.push_back(each.account);
      std::vector<Credentials> accounts;
      for (const auto& name : names) {
        auto account = materials_.account(name);
        if (!account) return tl::make_unexpected(account.error());
        accounts.push_back(*std::move(account));
      }
      if (file.content == FileContent::access_rules) return broker_files_->access_file(accounts, file.rules);
      return broker_files_->account_file(accounts);
    }
  }
  return file.text;
}

Result<StageSetup> StageSetups::make(const StageSpec& stage) {
  StageSetup setup{.stage = stage.id};
  for (const auto* step : ladder_to(plan_, stage)) {
    for (const auto& file : step->files) {
      if (put_.contains(file.path) && step != &stage) continue;
      auto content = content_of(file);
      if (!content) return tl::make_unexpected(content.error());
      put_.insert(file.path);
      // A later stage's file takes the place of an earlier one's.
      std::erase_if(setup.files, [&](const HostFile& earlier) { return earlier.path == file.path; });
      setup.files.push_back({file.path, *std::move(content), file.mode, file.owner});
    }
  }
  auto configuration = broker_files_->configuration(configuration_lines(plan_, stage, base_));
  setup.configuration = std::move(configuration.text);
  setup.listening = std::move(configuration.ports);
  return setup;
}

}  // namespace mqtts::engine
