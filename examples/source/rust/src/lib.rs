//! Appends a message at each interval, with a number that counts up.
mod penstock;

use penstock::*;
use std::ffi::c_void;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{mem, ptr, thread};

// What an operator can set, and what is counted: tables, whose indices name the rows.
const TOPIC: usize = 0;
const INTERVAL: usize = 1;
const COUNT: usize = 2;
static OPTIONS: [NodeOption; 3] = [
    NodeOption {
        default_value: c!("example/ticks"),
        ..NodeOption::new(STRING, c!("topic"), c!("Topic of the messages."))
    },
    NodeOption {
        default_value: c!("1s"),
        min: 1e6, // ns
        ..NodeOption::new(DURATION, c!("interval"), c!("Time between two messages."))
    },
    NodeOption {
        default_value: c!("0"),
        unit: c!("messages"),
        min: 0.0,
        ..NodeOption::new(INTEGER, c!("count"), c!("Ends after this many; 0: never."))
    },
];

const TICKS: u32 = 0;
static METRICS: [Metric; 1] = [Metric {
    size: mem::size_of::<Metric>() as u32,
    kind: COUNTER,
    name: c!("ticks_total"),
    status_name: c!("ticks"),
    help: c!("Messages appended."),
    of_service: 0,
}];

#[derive(Default)]
struct Stop {
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    fn is_set_within(&self, time: Duration) -> bool {
        let stopped = self.stopped.lock().unwrap();
        *self
            .changed
            .wait_timeout_while(stopped, time, |stopped| !*stopped)
            .unwrap()
            .0
    }
    fn set(&self) {
        *self.stopped.lock().unwrap() = true;
        self.changed.notify_all();
    }
}

#[derive(Clone)]
struct Ticks {
    engine: Engine,
    topic: String,
    interval: Duration,
    count: i64,
    stop: Arc<Stop>,
}

impl Ticks {
    fn run(self) {
        let mut tick = 0;
        while self.count == 0 || tick < self.count {
            if self.stop.is_set_within(self.interval) || !self.append(tick) {
                return;
            }
            self.engine.add(TICKS, 1.0);
            tick += 1;
        }
        // All has come: once every source has said so, the engine ends.
        unsafe { (self.engine.host.finished)(self.engine.context) }
    }

    // False: it was stopped. The intake may be full: then nothing is taken until there is room.
    fn append(&self, tick: i64) -> bool {
        let (host, context) = (self.engine.host, self.engine.context);
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let payload = format!("{{\"value\":{}}}", tick);
        let message = SourceMessage {
            size: mem::size_of::<SourceMessage>() as u32,
            flags: 0,
            topic: Text::of(&self.topic),
            payload: Text::of(&payload),
            received_us: now.as_micros() as i64,
            identifier: 0,
            unused: 0,
            attributes: Text::of(""),
        };
        unsafe {
            while (host.append_messages)(context, &message, 1, 0, ptr::null_mut()) == 0 {
                let has_room = (host.wait_for_space)(context, 100_000_000) != 0;
                if !has_room && self.stop.is_set_within(Duration::ZERO) {
                    return false;
                }
            }
        }
        true
    }
}

struct Instance {
    ticks: Ticks,
    thread: Option<JoinHandle<()>>,
}

unsafe extern "C" fn create(
    settings: *const Settings,
    host: *const Host,
    context: *mut Context,
) -> *mut c_void {
    let ticks = Ticks {
        engine: Engine::new(host, context),
        topic: (*settings).text(TOPIC),
        interval: Duration::from_nanos((*settings).value(INTERVAL).integer as u64),
        count: (*settings).value(COUNT).integer,
        stop: Arc::default(),
    };
    Box::into_raw(Box::new(Instance {
        ticks,
        thread: None,
    })) as *mut c_void
}

unsafe extern "C" fn destroy(instance: *mut c_void) {
    drop(Box::from_raw(instance as *mut Instance));
}

// A source has threads of its own, which begin here and have ended when `stop` returns.
unsafe extern "C" fn start(instance: *mut c_void) -> i32 {
    let instance = &mut *(instance as *mut Instance);
    let ticks = instance.ticks.clone();
    match thread::Builder::new().spawn(|| ticks.run()) {
        Ok(thread) => instance.thread = Some(thread),
        Err(error) => {
            instance
                .ticks
                .engine
                .set_error(&format!("cannot start a thread: {}", error));
            return RETRY;
        }
    }
    OK
}

unsafe extern "C" fn stop(instance: *mut c_void) {
    let instance = &mut *(instance as *mut Instance);
    instance.ticks.stop.set();
    if let Some(thread) = instance.thread.take() {
        let _ = thread.join();
    }
}

// The library's name is its file's name.
static TYPES: [NodeType; 1] = [NodeType {
    options: OPTIONS.as_ptr(),
    option_count: OPTIONS.len(),
    metrics: METRICS.as_ptr(),
    metric_count: METRICS.len(),
    start: Some(start),
    stop: Some(stop),
    ..NodeType::new(
        SOURCE,
        c!("example_source"),
        c!("Appends a message at each interval, with a number that counts up."),
        create,
        destroy,
    )
}];

static PLUGIN: Plugin = Plugin::new(c!("example_source"), c!(env!("CARGO_PKG_VERSION")), &TYPES);

#[no_mangle]
pub extern "C" fn penstock_plugin_entry() -> *const Plugin {
    &PLUGIN
}
