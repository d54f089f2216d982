# embed_text(MODULE SYMBOL FILE): adds a source to MODULE that defines
# `extern const std::string_view SYMBOL` in namespace mqtts::texts, holding the bytes of FILE.
function(embed_text module symbol file)
  get_filename_component(file "${file}" ABSOLUTE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(READ "${file}" bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cpp")
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT [=[
#include <string_view>
namespace mqtts::texts {
static constexpr char bytes_of_@symbol@[] = {@bytes@};
extern const std::string_view @symbol@;
const std::string_view @symbol@{bytes_of_@symbol@, sizeof bytes_of_@symbol@};
}  // namespace mqtts::texts
]=])
  module_sources(${module} "${source}")
endfunction()
