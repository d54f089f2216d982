#include "harness/model/topics.h"

#include "harness/util/name_table.h"

namespace mqtts {
namespace {

constexpr NameTable<DataKind, 7> kinds_of_data{{{DataKind::email, "email"},
                                                {DataKind::position, "position"},
                                                {DataKind::phone, "phone"},
                                                {DataKind::card, "card"},
                                                {DataKind::password, "password"},
                                                {DataKind::token, "token"},
                                                {DataKind::private_key, "private-key"}}};

}  // namespace

std::string_view to_string(DataKind kind) { return name_of(kinds_of_data, kind); }
std::optional<DataKind> data_kind_from(std::string_view name) { return find_name(kinds_of_data, name); }
std::vector<std::string> data_kinds() { return names_in(kinds_of_data); }

}  // namespace mqtts
