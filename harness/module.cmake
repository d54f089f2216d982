# A module is a static library. With CMAKE_UNITY_BUILD on, neighbours are compiled as one unit instead, into one library:
# what they read and instantiate alike is compiled once, which takes half of the CPU.
# No unit needs more than 0.9 GB: a machine with 2 GB compiles two at a time.
set(units
  "util json model brokers ssh_client wire"
  "pki catalogue plan selection"
  "remote probes engine"
  "targets runner first_files explaining"
  "audit grading doctor console watching"
  "reports")

if(CMAKE_UNITY_BUILD)
  add_library(modules STATIC)
  set_target_properties(modules PROPERTIES UNITY_BUILD_MODE GROUP)
  share_precompiled_headers(modules)
endif()

# unit_of(MODULE RESULT): the name of the unit that it is compiled in.
function(unit_of module result)
  foreach(unit ${units})
    string(REPLACE " " ";" members "${unit}")
    if(module IN_LIST members)
      list(GET members 0 first)
      set(${result} ${first} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "${module} is in no unit of harness/module.cmake")
endfunction()

# module_sources(MODULE FILE...): adds them.
function(module_sources module)
  if(NOT CMAKE_UNITY_BUILD)
    target_sources(${module} PRIVATE ${ARGN})
    return()
  endif()
  unit_of(${module} unit)
  foreach(file ${ARGN})
    get_filename_component(file "${file}" ABSOLUTE)
    target_sources(modules PRIVATE "${file}")
    set_source_files_properties("${file}" TARGET_DIRECTORY modules PROPERTIES UNITY_GROUP ${unit})
  endforeach()
endfunction()

# module(NAME SOURCES FILE... [PUBLIC LIBRARY...] [PRIVATE LIBRARY...])
function(module name)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(NOT CMAKE_UNITY_BUILD)
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
    return()
  endif()
  add_library(${name} INTERFACE)
  target_link_libraries(${name} INTERFACE modules)
  module_sources(${name} ${arg_SOURCES})
  string(REPLACE ";" " " all "${units}")
  string(REPLACE " " ";" all "${all}")
  list(REMOVE_ITEM arg_PUBLIC ${all})
  list(REMOVE_ITEM arg_PRIVATE ${all})
  target_link_libraries(modules PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endfunction()
