#include "harness/cli/first_files.h"

#include <fcntl.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include <nlohmann/json.hpp>

#include "harness/cli/json_layout.h"
#include "harness/plan/load.h"
#include "harness/plan/schemas.h"
#include "harness/probes/probes.h"
#include "harness/targets/load_target.h"
#include "harness/util/fd.h"

namespace mqtts::texts {
extern const std::string_view first_plan_json;
extern const std::string_view first_target_json;
}  // namespace mqtts::texts

namespace mqtts::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using namespace nlohmann::literals;

std::string plan_text(const FirstTarget& target) {
  auto plan = Json::parse(texts::first_plan_json);
  plan["/materials/accounts"_json_pointer] = Json::object({{target.user, "${random}"}});
  plan["/stages/1/files/0/accounts"_json_pointer] = Json::array({target.user});
  plan["/stages/1/checks/0/client/account"_json_pointer] = target.user;
  return laid_out(plan);
}

// As a target file in `folder` must write it.
std::string seen_from(const fs::path& folder, const fs::path& path) {
  if (path.is_absolute()) return path.string();
  return fs::absolute(path).lexically_normal().lexically_proximate(fs::absolute(folder).lexically_normal()).string();
}

std::string target_text(const FirstTarget& target, const fs::path& folder) {
  auto json = Json::parse(texts::first_target_json);
  auto& mqtt = json["mqtt"];
  mqtt["host"] = target.host;
  mqtt["tls_port"] = target.tls_port;
  mqtt["plain_port"] = target.plain_port;
  auto& materials = json["materials"];
  if (!target.ca.empty()) materials["ca"] = seen_from(folder, target.ca);
  const auto password = target.password_file.empty()
                            ? Json::object({{"password_env", password_variable}})
                            : Json::object({{"password_file", seen_from(folder, target.password_file)}});
  materials["accounts"] = Json::object({{target.user, password}});
  return laid_out(json);
}

Error cannot_write_new(const fs::path& path, int code) {
  return {ErrorKind::local,
          msg("cannot write {path}: {why}",
              {{"path", path.string()}, {"why", std::error_code(code, std::generic_category()).message()}}),
          {},
          {}};
}

Result<void> write_new(const FirstFile& file) {
  Fd descriptor(::open(file.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!descriptor && errno == EEXIST)
    return failure(ErrorKind::usage,
                   msg("{path} exists already, and `init` overwrites nothing", {{"path", file.path.string()}}),
                   msg("name another folder: mqtts-harness init DIR"));
  if (!descriptor) return tl::unexpected(cannot_write_new(file.path, errno));
  for (std::string_view rest = file.text; !rest.empty();) {
    const auto written = ::write(descriptor.get(), rest.data(), rest.size());
    if (written < 0 && errno != EINTR) return tl::unexpected(cannot_write_new(file.path, errno));
    if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
  }
  if (descriptor.close() != 0) return tl::unexpected(cannot_write_new(file.path, errno));
  return {};
}

}  // namespace

Result<std::vector<FirstFile>> first_files(const FirstTarget& target, const fs::path& folder) {
  std::vector<FirstFile> files = {
      {(folder / "plan.json").lexically_normal(), plan_text(target)},
      {(folder / "target.json").lexically_normal(), target_text(target, folder)},
      {(folder / "plan.schema.json").lexically_normal(), std::string(plan::plan_schema())},
      {(folder / "target.schema.json").lexically_normal(), std::string(plan::target_schema())}};
  const auto plan = plan::parse_plan(files[0].text, files[0].path.string(), {}, probes::kinds());
  if (!plan.problems.empty())
    return failure(ErrorKind::usage, msg("no plan can name the user \"{user}\"", {{"user", target.user}}),
                   msg("take one of letters, digits, \".\", \"_\" and \"-\", of 64 characters at most"));
  const auto read = targets::parse_target(files[1].text, files[1].path.string());
  if (!read.problems.empty()) return failure(ErrorKind::usage, read.problems.front().message);
  return files;
}

Result<void> write_first_files(const std::vector<FirstFile>& files) {
  std::error_code error;
  const auto folder = files.front().path.parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  if (error) return tl::unexpected(cannot_write_new(folder, error.value()));
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto written = write_new(files[i]);
    if (written) continue;
    // A file that existed before is not ours; one that was begun is.
    const auto ours = written.error().kind == ErrorKind::usage ? i : i + 1;
    for (std::size_t k = 0; k < ours; ++k) fs::remove(files[k].path, error);
    return written;
  }
  return {};
}

}  // namespace mqtts::cli
