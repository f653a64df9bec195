//! Turns payloads that are plain numbers, such as 21.5, into points.
mod penstock;

use penstock::*;
use std::ffi::c_void;
use std::{mem, str};

// 1. What an operator can set, and what is counted: tables, whose indices name the rows.
const SCALE: usize = 0;
static OPTIONS: [NodeOption; 1] = [NodeOption {
    default_value: c!("1"),
    ..NodeOption::new(NUMBER, c!("scale"), c!("What numbers are multiplied by."))
}];

const OUT: u32 = 0;
static PORTS: [Port; 1] = [Port {
    size: mem::size_of::<Port>() as u32,
    name: c!("out"),
    help: c!("The points."),
}];

const POINTS: u32 = 0;
static METRICS: [Metric; 1] = [Metric {
    size: mem::size_of::<Metric>() as u32,
    kind: COUNTER,
    name: c!("points_made_total"),
    status_name: c!("points"),
    help: c!("Points made."),
    of_service: 0,
}];

// 2. The columns that it needs, and those that it emits.
unsafe extern "C" fn input_schema(_: *const Settings, needed: *mut ArrowSchema) {
    needed.write(schema(&[
        ("topic", "u"),
        ("payload", "z"),
        ("received", "tsu:UTC"),
    ]));
}

unsafe extern "C" fn output_schema(
    _: *const Settings,
    _port: u32,
    _input: *const ArrowSchema,
    output: *mut ArrowSchema,
) {
    output.write(schema(&[
        ("time", "tsu:UTC"),
        ("topic", "u"),
        ("value", "g"),
    ]));
}

// 3. The work. One thread at a time is in an instance, so it needs no locks.
struct Numbers {
    engine: Engine,
    scale: f64,
}

fn parse(text: &[u8]) -> Option<f64> {
    str::from_utf8(text)
        .ok()?
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
}

impl Numbers {
    unsafe fn process(&self, batch: &Batch) -> i32 {
        for i in 0..batch.chunk_count {
            let topic = batch.column(i, "topic");
            let payload = batch.column(i, "payload");
            let received = batch.column(i, "received");
            let (mut times, mut topics, mut values) = (vec![], vec![], vec![]);
            for row in 0..batch.chunk(i).length as usize {
                match parse(payload.text(row)) {
                    Some(number) => {
                        times.push(received.int64(row));
                        topics.push(topic.text(row));
                        values.push(number * self.scale);
                    }
                    None => (self.engine.host.reject_row)(
                        self.engine.context,
                        batch,
                        i,
                        row as i64,
                        Text::of("is not a number"),
                    ),
                }
            }
            self.engine.add(POINTS, times.len() as f64);
            let mut out = rows(
                times.len(),
                vec![fixed(times), texts(topics), fixed(values)],
            );
            // Of this chunk alone, so that a sink that remembers knows its rows again after a crash.
            (self.engine.host.emit_from_chunk)(self.engine.context, OUT, &mut out, i);
        }
        OK
    }
}

unsafe extern "C" fn create(
    settings: *const Settings,
    host: *const Host,
    context: *mut Context,
) -> *mut c_void {
    let engine = Engine::new(host, context);
    let scale = (*settings).value(SCALE).number;
    Box::into_raw(Box::new(Numbers { engine, scale })) as *mut c_void
}

unsafe extern "C" fn destroy(instance: *mut c_void) {
    drop(Box::from_raw(instance as *mut Numbers));
}

unsafe extern "C" fn process(instance: *mut c_void, batch: *const Batch) -> i32 {
    let numbers = &*(instance as *const Numbers);
    numbers.engine.guarded(|| numbers.process(&*batch))
}

// 4. The library's name is its file's name.
static TYPES: [NodeType; 1] = [NodeType {
    flags: NODE_REJECTS,
    options: OPTIONS.as_ptr(),
    option_count: OPTIONS.len(),
    ports: PORTS.as_ptr(),
    port_count: PORTS.len(),
    metrics: METRICS.as_ptr(),
    metric_count: METRICS.len(),
    input_schema: Some(input_schema),
    output_schema: Some(output_schema),
    process: Some(process),
    ..NodeType::new(
        TRANSFORM,
        c!("example_transform"),
        c!("Turns payloads that are plain numbers into points."),
        create,
        destroy,
    )
}];

static PLUGIN: Plugin = Plugin::new(
    c!("example_transform"),
    c!(env!("CARGO_PKG_VERSION")),
    &TYPES,
);

#[no_mangle]
pub extern "C" fn penstock_plugin_entry() -> *const Plugin {
    &PLUGIN
}
