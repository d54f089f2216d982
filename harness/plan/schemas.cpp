#include "harness/plan/schemas.h"

namespace mqtts::texts {
extern const std::string_view plan_schema_json;
extern const std::string_view profile_schema_json;
extern const std::string_view roster_schema_json;
extern const std::string_view target_schema_json;
}  // namespace mqtts::texts

namespace mqtts::plan {

std::string_view plan_schema() { return texts::plan_schema_json; }
std::string_view profile_schema() { return texts::profile_schema_json; }
std::string_view roster_schema() { return texts::roster_schema_json; }
std::string_view target_schema() { return texts::target_schema_json; }

}  // namespace mqtts::plan
