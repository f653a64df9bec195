# Tests in Python: each method is a test of CTest by its own name, and is found when CMake runs, which it
# does when one of the files changes. A test finds the build by PENSTOCK_BUILD. It ends when CTest does,
# however that ends, and leaves nothing in the source tree.
find_program(SETPRIV setpriv REQUIRED)
set(python_environment "PENSTOCK_BUILD=${CMAKE_BINARY_DIR}" "PENSTOCK_SANITIZE=${PENSTOCK_SANITIZE}"
  "PYTHONPYCACHEPREFIX=${CMAKE_BINARY_DIR}/tests/python")

# KIND's label, and how long one may take. Those of faults take longest, and mostly wait; so they begin
# first (COST), until CTest knows how long each took.
set(kinds structure pipeline plugins abi ledger system faults)
set(structure_properties LABELS fast TIMEOUT 120)
set(pipeline_properties LABELS fast TIMEOUT 300)
set(plugins_properties LABELS build TIMEOUT 600)
set(abi_properties LABELS build TIMEOUT 600)
set(ledger_properties LABELS build TIMEOUT 600)
set(system_properties LABELS system TIMEOUT 900 COST 10)
set(faults_properties LABELS fault TIMEOUT 1200 COST 100)
# Those of faults that sanitizers run, too: each kind of end, of a row's refusal and of a server's failure. What the
# others try is the same code, for longer.
set(sanitized_faults crash failover refused_rows upserts)

function(add_python_tests)
  foreach(kind ${kinds})
    file(GLOB found RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS ${kind}/*.py)
    list(APPEND files ${found})
  endforeach()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS list_tests.py ${files})
  execute_process(COMMAND ${CMAKE_COMMAND} -E env ${python_environment} ${Python3_EXECUTABLE}
    ${CMAKE_CURRENT_SOURCE_DIR}/list_tests.py ${files} OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" listed "${listed}")
  foreach(line ${listed})
    string(REPLACE "|" ";" line "${line}")
    list(GET line 0 kind)
    list(GET line 1 module)
    list(GET line 2 selected)
    list(GET line 3 name)
    add_test(NAME "${name}" COMMAND ${SETPRIV} --pdeathsig=TERM --
      ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/${kind}/${module}.py -v ${selected})
    set_tests_properties("${name}" PROPERTIES ${${kind}_properties} ENVIRONMENT "${python_environment}")
    if(selected MATCHES "\\.")
      set_tests_properties("${name}" PROPERTIES SKIP_REGULAR_EXPRESSION "OK \\(skipped=")
    endif()
    if(kind STREQUAL "faults" AND NOT module IN_LIST sanitized_faults)
      set_tests_properties("${name}" PROPERTIES LABELS "fault;long")
    endif()
    if("${kind}: ${module}" STREQUAL "system: page")
      set_tests_properties("${name}" PROPERTIES LABELS browser)
    endif()
  endforeach()
endfunction()
