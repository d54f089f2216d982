#include "harness/targets/container/image.h"

#include <fstream>
#include <string_view>

#include "harness/util/digest.h"
#include "harness/util/run_program.h"

namespace mqtts::texts {
extern const std::string_view container_file;
extern const std::string_view container_entry_sh;
extern const std::string_view provision_sh;
}  // namespace mqtts::texts

namespace mqtts::targets {

namespace {

constexpr std::size_t tag_letters = 12;
constexpr auto time_to_look = std::chrono::seconds(30);  // a busy machine takes a second

}  // namespace

std::vector<ImageFile> image_files() {
  return {{"Containerfile", std::string(texts::container_file)},
          {"container-entry.sh", std::string(texts::container_entry_sh)},
          {"provision.sh", std::string(texts::provision_sh)}};
}

std::string image_tag(const std::vector<ImageFile>& files, const std::string& base) {
  std::string all = sha256_hex(base);
  for (const auto& file : files) all += file.name + " " + sha256_hex(file.content) + "\n";
  return "localhost/mqtts-harness-broker:" + sha256_hex(all).substr(0, tag_letters);
}

// `images` succeeds with or without the image, in podman and docker: a failure is the engine's own.
Result<bool> has_image(const Engine& engine, const std::string& image, const Deadline& deadline) {
  const auto answer =
      engine.run({"images", "--quiet", "--filter", "reference=" + image}, deadline.within(time_to_look));
  if (!answer) return tl::make_unexpected(answer.error());
  if (answer->status == 0) return answer->out.find_first_not_of(" \n") != std::string::npos;
  return failure(ErrorKind::local, msg("{engine} does not work here", {{"engine", engine.name()}}),
                 msg("try `{engine} info`; another engine can be named in MQTTS_HARNESS_CONTAINER_ENGINE",
                     {{"engine", engine.name()}}),
                 last_words(answer->words()));
}

Result<void> build_image(const Engine& engine, const std::string& tag, const std::string& base,
                         const std::filesystem::path& folder, const Deadline& deadline) {
  for (const auto& file : image_files()) {
    std::ofstream out(folder / file.name, std::ios::binary);
    out << file.content;
    out.close();
    if (!out)
      return failure(ErrorKind::local, msg("{path} cannot be written", {{"path", folder / file.name}}),
                     msg("make room there, or set TMPDIR to a folder that you can write"));
  }
  std::vector<std::string> command = {"build", "--network", "host", "--tag", tag, "--file", folder / "Containerfile"};
  if (!base.empty()) command.insert(command.end(), {"--build-arg", "BASE=" + base});
  command.push_back(folder);
  const auto answer = engine.run(command, deadline);
  if (!answer) return tl::make_unexpected(answer.error());
  if (answer->status == 0) return {};
  return failure(ErrorKind::local,
                 msg("{engine} could not build the image of the broker's machine", {{"engine", engine.name()}}),
                 msg("it needs a registry of images and Debian's packages; without a registry, make a base image by "
                     "fixtures/machines/base-image.sh and name it in MQTTS_HARNESS_CONTAINER_BASE"),
                 last_words(answer->words()));
}

Result<void> pull_image(const Engine& engine, const std::string& image, const Deadline& deadline) {
  const auto answer = engine.run({"pull", "--quiet", image}, deadline);
  if (!answer) return tl::make_unexpected(answer.error());
  if (answer->status == 0) return {};
  return failure(
      ErrorKind::local,
      msg("{engine} has no image {image}, and cannot fetch it", {{"engine", engine.name()}, {"image", image}}),
      msg("is its name right? `--target container` without a name builds an image"), last_words(answer->words()));
}

}  // namespace mqtts::targets
