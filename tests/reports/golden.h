// Golden outputs: tests/golden/<plan>.<exit code>.<format>. MQTTS_UPDATE_GOLDEN=1 rewrites them.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace mqtts::reports {

inline std::string golden_path(const std::string& name) {
  return std::string(MQTTS_SOURCE_DIR "/tests/golden/") + name;
}

inline std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void expect_golden(const std::string& name, const std::string& text) {
  if (std::getenv("MQTTS_UPDATE_GOLDEN") != nullptr) std::ofstream(golden_path(name), std::ios::binary) << text;
  EXPECT_EQ(text_of(golden_path(name)), text) << name;
}

}  // namespace mqtts::reports
