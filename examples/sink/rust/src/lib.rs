//! Writes each message as a line, its topic and its payload, to a file.
mod penstock;

use penstock::*;
use std::ffi::c_void;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::mem;

// What an operator can set, and what is counted: tables, whose indices name the rows. No two nodes may
// have the same file.
const PATH: usize = 0;
static OPTIONS: [NodeOption; 1] = [NodeOption {
    flags: OPTION_REQUIRED | OPTION_IDENTITY | OPTION_FILE,
    ..NodeOption::new(STRING, c!("path"), c!("The file, appended to."))
}];

const LINES: u32 = 0;
static METRICS: [Metric; 1] = [Metric {
    size: mem::size_of::<Metric>() as u32,
    kind: COUNTER,
    name: c!("lines_total"),
    status_name: c!("lines"),
    help: c!("Lines written."),
    of_service: 0,
}];

unsafe extern "C" fn check(settings: *const Settings, report: *const Report) {
    let error = |option, text| ((*report).error)((*report).engine, option, Text::of(text));
    if (*settings).value(PATH).text.size == 0 {
        error(c!("path"), "is empty; name a file");
    }
    if (*settings).parallelism > 1 {
        error(c!("parallelism"), "a file has one writer; remove it");
    }
}

// Of what comes in, these columns.
unsafe extern "C" fn input_schema(_: *const Settings, needed: *mut ArrowSchema) {
    needed.write(schema(&[("topic", "u"), ("payload", "z")]));
}

struct Lines {
    engine: Engine,
    path: String,
    file: Option<File>,
}

impl Lines {
    // A sink may wait for the outside. After RETRY it is called again, later and later, until it works.
    fn open(&mut self) -> i32 {
        match OpenOptions::new()
            .append(true)
            .create(true)
            .open(&self.path)
        {
            Ok(file) => self.file = Some(file),
            Err(error) => return self.retry("open", &error),
        }
        OK
    }

    fn retry(&self, what: &str, error: &std::io::Error) -> i32 {
        self.engine
            .set_error(&format!("cannot {} {}: {}", what, self.path, error));
        RETRY
    }

    // Returns when the rows are stored. After a retry the same batch comes again, whole: some of its
    // lines may then stand twice in the file.
    unsafe fn process(&mut self, batch: &Batch) -> i32 {
        if self.file.is_none() && self.open() != OK {
            return RETRY;
        }
        let mut text = Vec::new();
        for i in 0..batch.chunk_count {
            let (topic, payload) = (batch.column(i, "topic"), batch.column(i, "payload"));
            for row in 0..batch.chunk(i).length as usize {
                for part in [topic.text(row), b"\t", payload.text(row), b"\n"] {
                    text.extend_from_slice(part);
                }
            }
        }
        let written = self
            .file
            .as_mut()
            .map_or(Ok(()), |file| file.write_all(&text));
        if let Err(error) = written {
            self.file = None;
            return self.retry("write", &error);
        }
        self.engine.add(LINES, batch.rows as f64);
        OK
    }
}

unsafe extern "C" fn create(
    settings: *const Settings,
    host: *const Host,
    context: *mut Context,
) -> *mut c_void {
    let engine = Engine::new(host, context);
    let lines = Lines {
        engine,
        path: (*settings).text(PATH),
        file: None,
    };
    Box::into_raw(Box::new(lines)) as *mut c_void
}

unsafe extern "C" fn destroy(instance: *mut c_void) {
    drop(Box::from_raw(instance as *mut Lines));
}

unsafe extern "C" fn start(instance: *mut c_void) -> i32 {
    (*(instance as *mut Lines)).open()
}

unsafe extern "C" fn process(instance: *mut c_void, batch: *const Batch) -> i32 {
    let lines = &mut *(instance as *mut Lines);
    let engine = lines.engine;
    engine.guarded(|| lines.process(&*batch))
}

// The library's name is its file's name.
static TYPES: [NodeType; 1] = [NodeType {
    options: OPTIONS.as_ptr(),
    option_count: OPTIONS.len(),
    metrics: METRICS.as_ptr(),
    metric_count: METRICS.len(),
    check: Some(check),
    input_schema: Some(input_schema),
    start: Some(start),
    process: Some(process),
    ..NodeType::new(
        SINK,
        c!("example_sink"),
        c!("Writes each message as a line to a file."),
        create,
        destroy,
    )
}];

static PLUGIN: Plugin = Plugin::new(c!("example_sink"), c!(env!("CARGO_PKG_VERSION")), &TYPES);

#[no_mangle]
pub extern "C" fn penstock_plugin_entry() -> *const Plugin {
    &PLUGIN
}
