# penstock_add_plugin(NAME SOURCES a.cpp … [LIBRARIES foo::foo …] [VERSION 1.2.3])
#
# A shared library NAME.so that the engine can load, in C or C++. Its version, shown by
# `penstock plugins NAME`, is the project's unless one is given.
function(penstock_add_plugin name)
  cmake_parse_arguments(PLUGIN "" "VERSION" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT PLUGIN_SOURCES)
    message(FATAL_ERROR "penstock_add_plugin(${name}): SOURCES are missing")
  endif()
  if(NOT PLUGIN_VERSION)
    set(PLUGIN_VERSION "${PROJECT_VERSION}")
  endif()
  add_library(${name} MODULE ${PLUGIN_SOURCES})
  target_link_libraries(${name} PRIVATE penstock::sdk ${PLUGIN_LIBRARIES})
  target_compile_definitions(${name} PRIVATE PENSTOCK_VERSION="${PLUGIN_VERSION}")
  set_target_properties(${name} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endfunction()
