// A shell script instead of podman.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "harness/targets/container/engine.h"

namespace mqtts::targets {

inline std::string told(const Error& error) {
  return to_english(error.what) + " / " + to_english(error.hint) + " / " + error.detail;
}

// A private folder with an engine that runs the given shell script. Appends the arguments of each call as a line to
// `calls`.
class FakeEngine : public testing::Test {
 protected:
  FakeEngine() {
    auto pattern = (std::filesystem::temp_directory_path() / "mqtts-engine.XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~FakeEngine() override {
    unsetenv("MQTTS_HARNESS_CONTAINER_ENGINE");
    std::filesystem::remove_all(folder_);
  }

  std::filesystem::path program(const std::string& name, const std::string& script) const {
    const auto path = folder_ / name;
    std::ofstream(path) << "#!/bin/sh\necho \"$*\" >>" << (folder_ / "calls") << "\n" << script << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  Engine engine(const std::string& script) const {
    setenv("MQTTS_HARNESS_CONTAINER_ENGINE", program("podman", script).c_str(), 1);
    return Engine::find().value();
  }

  std::string content(const std::string& name) const {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::filesystem::path folder_;
};

}  // namespace mqtts::targets
