#include "harness/cli/json_layout.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mqtts::cli {
namespace {

using nlohmann::ordered_json;

TEST(laid_out, puts_what_fits_in_one_line) {
  EXPECT_EQ(laid_out(ordered_json::parse(R"({"b":[1,"x",{"é":null}],"a":{},"c":[]})")),
            "{ \"b\": [1, \"x\", { \"é\": null }], \"a\": {}, \"c\": [] }\n");
}

TEST(laid_out, breaks_what_does_not) {
  const std::string half(60, 'x');
  const auto text = laid_out({{"a", {half, half}}, {"b", {1, 2}}});
  EXPECT_EQ(text, "{\n  \"a\": [\n    \"" + half + "\",\n    \"" + half + "\"\n  ],\n  \"b\": [1, 2]\n}\n");
  EXPECT_EQ(ordered_json::parse(text)["a"][1], half);
}

}  // namespace
}  // namespace mqtts::cli
