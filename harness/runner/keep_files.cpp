#include "harness/runner/keep_files.h"

#include <filesystem>
#include <map>
#include <string>
#include <system_error>

namespace mqtts::runner {
namespace {

namespace fs = std::filesystem;

std::error_code keep_file(const fs::path& file, const fs::path& as) {
  std::error_code error;
  fs::create_directories(as.parent_path(), error);
  if (!error) fs::permissions(as.parent_path(), fs::perms::owner_all, error);
  const auto unfinished = fs::path(as).concat(".new");
  // The run's own file has mode 0600, and its copy gets the same.
  if (!error) fs::copy_file(file, unfinished, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(unfinished, as, error);
  return error;
}

}  // namespace

Result<void> keep_files(const TargetResult& result, const fs::path& folder) {
  std::map<std::string, std::string> files;  // by the name that they are kept as
  for (const auto& stage : result.stages)
    for (const auto& check : stage.checks)
      if (check.observed)
        for (const auto& evidence : check.observed->evidence)
          for (const auto& kept : evidence.files) files.emplace(kept.as, kept.file);
  for (const auto& [as, file] : files)
    if (const auto error = keep_file(file, folder / as))
      return failure(ErrorKind::local, msg("{file} cannot be written", {{"file", (folder / as).string()}}),
                     msg("the commands of the report that name it will not work"), error.message());
  return {};
}

}  // namespace mqtts::runner
