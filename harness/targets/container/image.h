// The image of the broker's machine: built once from fixtures/machines, which this program carries with it.
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

// What the image is built from: Containerfile and the scripts that it copies.
std::vector<ImageFile> image_files();

// "localhost/mqtts-harness-broker:HASH": another one when a file or the base changes, so that an image of that name
// is never an old one. `base` is what Containerfile calls BASE; empty: its own.
std::string image_tag(const std::vector<ImageFile>& files, const std::string& base);

// True if the engine has it. ErrorKind::local: the engine does not work here; its words are the detail.
Result<bool> has_image(const Engine& engine, const std::string& image, const Deadline& deadline);

// Writes the files to `folder` and builds the image from there. ErrorKind::local, timeout, interrupted.
Result<void> build_image(const Engine& engine, const std::string& tag, const std::string& base,
                         const std::filesystem::path& folder, const Deadline& deadline);

// Fetches an image that somebody else has made. ErrorKind::local, timeout, interrupted.
Result<void> pull_image(const Engine& engine, const std::string& image, const Deadline& deadline);

}  // namespace mqtts::targets
