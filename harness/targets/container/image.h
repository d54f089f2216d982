// The image of the broker's machine: built once from fixtures/machines, which is embedded in this program.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/targets/container/engine.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::targets {

struct ImageFile {
  std::string name;
  std::string content;
};

// The files of the build: Containerfile and the scripts that it copies.
std::vector<ImageFile> image_files();

// "localhost/mqtts-harness-broker:HASH": the hash depends on the files and the base, so that an image of that name is
// up to date. `base` replaces the value of BASE in Containerfile; empty: its default.
std::string image_tag(const std::vector<ImageFile>& files, const std::string& base);

// Returns true if the engine has the image. ErrorKind::local: the engine does not work; its output is the detail.
Result<bool> has_image(const Engine& engine, const std::string& image, const Deadline& deadline);

// Writes the files to `folder` and builds the image from there. ErrorKind::local, timeout, interrupted.
Result<void> build_image(const Engine& engine, const std::string& tag, const std::string& base,
                         const std::filesystem::path& folder, const Deadline& deadline);

// Pulls an existing image. ErrorKind::local, timeout, interrupted.
Result<void> pull_image(const Engine& engine, const std::string& image, const Deadline& deadline);

}  // namespace mqtts::targets
