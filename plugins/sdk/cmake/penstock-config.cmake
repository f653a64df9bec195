include(${CMAKE_CURRENT_LIST_DIR}/penstock-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/penstock_add_plugin.cmake)
