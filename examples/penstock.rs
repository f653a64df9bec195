//! The contract of `penstock/plugin.h` 1.7 in Rust, and what makes it comfortable. What each function
//! is for, who calls it and who owns what is said in that header.
#![allow(dead_code)]

use std::any::Any;
use std::ffi::{c_void, CStr, CString};
use std::os::raw::c_char;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::{mem, ptr, slice, str};

pub const ABI_MAJOR: u32 = 1;
pub const ABI_MINOR: u32 = 7;

/// Bytes that are readable past the end of a text column.
pub const PADDING: usize = 64;

// penstock_status
pub const OK: i32 = 0;
pub const REJECT: i32 = 1;
pub const RETRY: i32 = 2;
pub const FAILED: i32 = 3;
pub const RETRY_LATER: i32 = 4;

// penstock_kind
pub const SOURCE: i32 = 1;
pub const TRANSFORM: i32 = 2;
pub const SINK: i32 = 3;

// penstock_option_type
pub const STRING: i32 = 1;
pub const INTEGER: i32 = 2;
pub const NUMBER: i32 = 3;
pub const BOOLEAN: i32 = 4;
pub const DURATION: i32 = 5;
pub const SIZE: i32 = 6;
pub const LIST: i32 = 7;
pub const ENUM: i32 = 8;
pub const SECRET: i32 = 9;

pub const OPTION_REQUIRED: u32 = 1;
pub const OPTION_IDENTITY: u32 = 2;
pub const OPTION_FILE: u32 = 4;
pub const OPTION_SESSION: u32 = 8;

// penstock_metric_kind
pub const COUNTER: i32 = 1;
pub const GAUGE: i32 = 2;
pub const FLAG: i32 = 3;
pub const HISTOGRAM: i32 = 4;
pub const LABEL: i32 = 5;

// penstock_health
pub const STARTING: i32 = 0;
pub const HEALTHY: i32 = 1;
pub const DEGRADED: i32 = 2;

// penstock_log_level
pub const LOG_DEBUG: i32 = 1;
pub const LOG_INFO: i32 = 2;
pub const LOG_WARNING: i32 = 3;
pub const LOG_ERROR: i32 = 4;

pub const MESSAGE_RETAINED: u32 = 1;
pub const MESSAGE_DUPLICATE: u32 = 2;
pub const APPEND_FORCE: u32 = 1;

pub const NODE_BLOCKING: u32 = 1;
pub const NODE_LIGHT: u32 = 2;
pub const NODE_REJECTS: u32 = 4;
pub const NODE_RETAINED: u32 = 8;
pub const NODE_ATTRIBUTES: u32 = 16;

// ---- The structs, field for field ----

#[repr(C)]
pub struct ArrowSchema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut ArrowSchema,
    pub dictionary: *mut ArrowSchema,
    pub release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub private_data: *mut c_void,
}

#[repr(C)]
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut ArrowArray,
    pub dictionary: *mut ArrowArray,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub private_data: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    pub data: *const c_char,
    pub size: usize,
}

#[repr(C)]
pub struct NodeOption {
    pub size: u32,
    pub kind: i32,
    pub name: *const c_char,
    pub default_value: *const c_char,
    pub unit: *const c_char,
    pub choices: *const c_char,
    pub help: *const c_char,
    pub min: f64,
    pub max: f64,
    pub flags: u32,
}

#[repr(C)]
pub struct Value {
    pub size: u32,
    pub present: i32,
    pub integer: i64,
    pub number: f64,
    pub text: Text,
    pub list: *const Text,
    pub list_size: usize,
}

#[repr(C)]
pub struct Settings {
    pub size: u32,
    pub parallelism: u32,
    pub node: *const c_char,
    pub service: *const c_char,
    pub values: *const Value,
    pub value_count: usize,
    pub intake: i32,
    pub inputs: *const *const ArrowSchema,
    pub input_count: usize,
    pub extra_columns: u32,
    pub ends_session: i32,
}

#[repr(C)]
pub struct Port {
    pub size: u32,
    pub name: *const c_char,
    pub help: *const c_char,
}

#[repr(C)]
pub struct Metric {
    pub size: u32,
    pub kind: i32,
    pub name: *const c_char,
    pub status_name: *const c_char,
    pub help: *const c_char,
    pub of_service: i32,
}

#[repr(C)]
pub struct Range {
    pub size: u32,
    pub chunk: u32,
    pub intake: *const c_char,
    pub first: u64,
    pub count: u64,
    pub part: u64,
    pub watermark: u64,
}

#[repr(C)]
pub struct Batch {
    pub size: u32,
    pub input: u32,
    pub schema: *const ArrowSchema,
    pub chunks: *const *const ArrowArray,
    pub chunk_count: usize,
    pub rows: i64,
    pub ranges: *const Range,
    pub range_count: usize,
}

#[repr(C)]
pub struct Message {
    pub topic: Text,
    pub payload: Text,
    pub received_us: i64,
}

#[repr(C)]
pub struct SourceMessage {
    pub size: u32,
    pub flags: u32,
    pub topic: Text,
    pub payload: Text,
    pub received_us: i64,
    pub identifier: u32,
    pub unused: u32,
    pub attributes: Text,
}

/// Of an instance; the engine's own.
pub enum Context {}

#[repr(C)]
pub struct Host {
    pub size: u32,
    pub abi_minor: u32,
    pub log: unsafe extern "C" fn(*mut Context, i32, Text),
    pub set_health: unsafe extern "C" fn(*mut Context, i32, Text),
    pub metric_add: unsafe extern "C" fn(*mut Context, u32, f64),
    pub metric_set: unsafe extern "C" fn(*mut Context, u32, f64),
    pub metric_observe: unsafe extern "C" fn(*mut Context, u32, f64),
    pub metric_label: unsafe extern "C" fn(*mut Context, u32, Text),
    pub set_error: unsafe extern "C" fn(*mut Context, Text),
    pub set_timer: unsafe extern "C" fn(*mut Context, i64),
    pub emit: unsafe extern "C" fn(*mut Context, u32, *mut ArrowArray, *const *const Batch, usize),
    pub forward: unsafe extern "C" fn(*mut Context, u32, *const *const Batch, usize),
    pub reject_row: unsafe extern "C" fn(*mut Context, *const Batch, usize, i64, Text),
    pub retain: unsafe extern "C" fn(*const Batch),
    pub release: unsafe extern "C" fn(*const Batch),
    pub append: unsafe extern "C" fn(*mut Context, *const Message, usize, u32, *mut u64) -> usize,
    pub wait_for_space: unsafe extern "C" fn(*mut Context, i64) -> i32,
    pub finished: unsafe extern "C" fn(*mut Context),
    pub reject_row_detail: unsafe extern "C" fn(*mut Context, *const Batch, usize, i64, Text, Text),
    pub drop: unsafe extern "C" fn(*mut Context, u64),
    pub append_messages:
        unsafe extern "C" fn(*mut Context, *const SourceMessage, usize, u32, *mut u64) -> usize,
    pub appending_intake: unsafe extern "C" fn(*mut Context, *const Batch, usize) -> *const c_char,
    pub emit_from_chunk: unsafe extern "C" fn(*mut Context, u32, *mut ArrowArray, usize),
    pub is_interrupted: unsafe extern "C" fn(*mut Context) -> i32,
    pub stored_before: unsafe extern "C" fn(*mut Context, i64),
    pub earlier_run:
        unsafe extern "C" fn(*mut Context, *const Batch, usize, usize, *mut u64) -> *const c_char,
    pub passed_over: unsafe extern "C" fn(*mut Context, i64),
    pub read_option: unsafe extern "C" fn(*mut Context, *const c_char) -> Text,
    pub keep: unsafe extern "C" fn(*mut Context, *const c_char, usize, *mut i32) -> *mut c_void,
    pub reject_part:
        unsafe extern "C" fn(*mut Context, *const Batch, usize, i64, usize, Text, Text, Text),
    pub give_up: unsafe extern "C" fn(*mut Context, Text),
}

#[repr(C)]
pub struct Report {
    pub size: u32,
    pub engine: *mut c_void,
    pub error: unsafe extern "C" fn(*mut c_void, *const c_char, Text),
    pub warning: unsafe extern "C" fn(*mut c_void, *const c_char, Text),
    pub note: unsafe extern "C" fn(*mut c_void, Text),
    pub buffer_size: i64,
}

#[repr(C)]
pub struct NodeType {
    pub size: u32,
    pub kind: i32,
    pub flags: u32,
    pub name: *const c_char,
    pub summary: *const c_char,
    pub options: *const NodeOption,
    pub option_count: usize,
    pub ports: *const Port,
    pub port_count: usize,
    pub metrics: *const Metric,
    pub metric_count: usize,
    pub check: Option<unsafe extern "C" fn(*const Settings, *const Report)>,
    pub input_schema: Option<unsafe extern "C" fn(*const Settings, *mut ArrowSchema)>,
    pub output_schema:
        Option<unsafe extern "C" fn(*const Settings, u32, *const ArrowSchema, *mut ArrowSchema)>,
    pub create: unsafe extern "C" fn(*const Settings, *const Host, *mut Context) -> *mut c_void,
    pub destroy: unsafe extern "C" fn(*mut c_void),
    pub start: Option<unsafe extern "C" fn(*mut c_void) -> i32>,
    pub stop: Option<unsafe extern "C" fn(*mut c_void)>,
    pub process: Option<unsafe extern "C" fn(*mut c_void, *const Batch) -> i32>,
    pub flush: Option<unsafe extern "C" fn(*mut c_void) -> i32>,
    pub on_timer: Option<unsafe extern "C" fn(*mut c_void) -> i32>,
    pub acknowledged: Option<unsafe extern "C" fn(*mut c_void, u64)>,
    pub check_connection: Option<unsafe extern "C" fn(*const Settings, *const Report)>,
}

#[repr(C)]
pub struct Plugin {
    pub size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub name: *const c_char,
    pub version: *const c_char,
    pub types: *const NodeType,
    pub type_count: usize,
}

// Tables that never change.
unsafe impl Sync for NodeOption {}
unsafe impl Sync for Port {}
unsafe impl Sync for Metric {}
unsafe impl Sync for NodeType {}
unsafe impl Sync for Plugin {}

// ---- Tables ----

/// A text of the tables, as C has it.
#[macro_export]
macro_rules! c {
    ($text:expr) => {
        concat!($text, "\0").as_ptr() as *const std::os::raw::c_char
    };
}

impl NodeOption {
    /// Without a default and without bounds.
    pub const fn new(kind: i32, name: *const c_char, help: *const c_char) -> Self {
        NodeOption {
            size: mem::size_of::<NodeOption>() as u32,
            kind,
            name,
            default_value: ptr::null(),
            unit: ptr::null(),
            choices: ptr::null(),
            help,
            min: f64::NEG_INFINITY,
            max: f64::INFINITY,
            flags: 0,
        }
    }
}

impl NodeType {
    /// What all have.
    pub const fn new(
        kind: i32,
        name: *const c_char,
        summary: *const c_char,
        create: unsafe extern "C" fn(*const Settings, *const Host, *mut Context) -> *mut c_void,
        destroy: unsafe extern "C" fn(*mut c_void),
    ) -> Self {
        NodeType {
            size: mem::size_of::<NodeType>() as u32,
            kind,
            flags: 0,
            name,
            summary,
            options: ptr::null(),
            option_count: 0,
            ports: ptr::null(),
            port_count: 0,
            metrics: ptr::null(),
            metric_count: 0,
            check: None,
            input_schema: None,
            output_schema: None,
            create,
            destroy,
            start: None,
            stop: None,
            process: None,
            flush: None,
            on_timer: None,
            acknowledged: None,
            check_connection: None,
        }
    }
}

impl Plugin {
    pub const fn new(
        name: *const c_char,
        version: *const c_char,
        types: &'static [NodeType],
    ) -> Self {
        Plugin {
            size: mem::size_of::<Plugin>() as u32,
            abi_major: ABI_MAJOR,
            abi_minor: ABI_MINOR,
            name,
            version,
            types: types.as_ptr(),
            type_count: types.len(),
        }
    }
}

// ---- Texts, options, errors ----

impl Text {
    /// Valid as long as `text`; the engine copies what it keeps.
    pub fn of(text: &str) -> Self {
        Text::of_bytes(text.as_bytes())
    }
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Text {
            data: bytes.as_ptr() as *const c_char,
            size: bytes.len(),
        }
    }
    /// # Safety
    /// What it points to must outlive the result.
    pub unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.size == 0 {
            return &[];
        }
        slice::from_raw_parts(self.data as *const u8, self.size)
    }
}

impl Settings {
    /// The value of an option, by its index in the table.
    ///
    /// # Safety
    /// The settings must come from the engine.
    pub unsafe fn value(&self, option: usize) -> &Value {
        // Their stride is what the engine takes their size for.
        &*((self.values as *const u8).add(option * (*self.values).size as usize) as *const Value)
    }
    /// # Safety
    /// The settings must come from the engine.
    pub unsafe fn text(&self, option: usize) -> String {
        String::from_utf8_lossy(self.value(option).text.bytes()).into_owned()
    }
}

/// The engine's functions for one instance. May be called from any thread that plugin.h names.
#[derive(Clone, Copy)]
pub struct Engine {
    pub host: &'static Host,
    pub context: *mut Context,
}

unsafe impl Send for Engine {}
unsafe impl Sync for Engine {}

impl Engine {
    /// # Safety
    /// Both must be those of `create`.
    pub unsafe fn new(host: *const Host, context: *mut Context) -> Self {
        Engine {
            host: &*host,
            context,
        }
    }
    pub fn add(&self, metric: u32, amount: f64) {
        unsafe { (self.host.metric_add)(self.context, metric, amount) }
    }
    pub fn set_error(&self, why: &str) {
        unsafe { (self.host.set_error)(self.context, Text::of(why)) }
    }
    /// No panic may leave a plugin: it becomes a failure with the panic's message.
    pub fn guarded(&self, work: impl FnOnce() -> i32) -> i32 {
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            self.set_error(text.unwrap_or("a panic without a message"));
            FAILED
        })
    }
}

// ---- Reading batches ----

impl Batch {
    /// A column of a chunk, which the input schema says is there.
    ///
    /// # Safety
    /// The batch must come from the engine; the result is valid as long as it.
    pub unsafe fn column(&self, chunk: usize, name: &str) -> &ArrowArray {
        let columns = (*self.schema).n_children as usize;
        let of_name = |i: &usize| {
            let column = *(*self.schema).children.add(*i);
            CStr::from_ptr((*column).name).to_bytes() == name.as_bytes()
        };
        let i = (0..columns)
            .find(of_name)
            .expect("a column that is not there");
        &**self.chunk(chunk).children.add(i)
    }
    /// # Safety
    /// The same.
    pub unsafe fn chunk(&self, chunk: usize) -> &ArrowArray {
        &**self.chunks.add(chunk)
    }
}

impl ArrowArray {
    /// Of a column of texts ("u", "z").
    ///
    /// # Safety
    /// It must be one, and have the row.
    pub unsafe fn text(&self, row: usize) -> &[u8] {
        let offsets = (*self.buffers.add(1) as *const i32).add(self.offset as usize + row);
        let (begin, end) = (*offsets, *offsets.add(1));
        let bytes = *self.buffers.add(2) as *const u8;
        Text {
            data: bytes.add(begin as usize) as *const c_char,
            size: (end - begin) as usize,
        }
        .bytes()
    }
    /// Of a column of times or int64 ("tsu:UTC", "l").
    ///
    /// # Safety
    /// It must be one, and have the row.
    pub unsafe fn int64(&self, row: usize) -> i64 {
        *(*self.buffers.add(1) as *const i64).add(self.offset as usize + row)
    }
}

// ---- Making schemas and rows ----

struct OwnedSchema {
    _texts: [CString; 2],
    children: Vec<*mut ArrowSchema>,
}

unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    let owned = Box::from_raw((*schema).private_data as *mut OwnedSchema);
    for child in owned.children.iter() {
        let mut child = Box::from_raw(*child);
        if let Some(release) = child.release {
            release(&mut *child);
        }
    }
    (*schema).release = None;
}

fn column_schema(format: &str, name: &str, children: Vec<ArrowSchema>) -> ArrowSchema {
    let texts = [format, name].map(|text| CString::new(text).expect("a name with a NUL"));
    let children = children
        .into_iter()
        .map(|child| Box::into_raw(Box::new(child)))
        .collect();
    let (format, name) = (texts[0].as_ptr(), texts[1].as_ptr());
    let mut owned = Box::new(OwnedSchema {
        _texts: texts,
        children,
    });
    ArrowSchema {
        format,
        name,
        metadata: ptr::null(),
        flags: 0,
        n_children: owned.children.len() as i64,
        children: owned.children.as_mut_ptr(),
        dictionary: ptr::null_mut(),
        release: Some(release_schema),
        private_data: Box::into_raw(owned) as *mut c_void,
    }
}

/// Columns by name and Arrow's format: "u" utf8, "z" binary, "g" float64, "tsu:UTC" a time in µs.
pub fn schema(columns: &[(&str, &str)]) -> ArrowSchema {
    column_schema(
        "+s",
        "",
        columns
            .iter()
            .map(|(name, of)| column_schema(of, name, vec![]))
            .collect(),
    )
}

struct OwnedArray {
    _memory: Vec<Box<dyn Any>>,
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
}

unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    let owned = Box::from_raw((*array).private_data as *mut OwnedArray);
    for child in owned.children.iter() {
        let mut child = Box::from_raw(*child);
        if let Some(release) = child.release {
            release(&mut *child);
        }
    }
    (*array).release = None;
}

fn array(
    rows: usize,
    memory: Vec<Box<dyn Any>>,
    buffers: Vec<*const c_void>,
    children: Vec<ArrowArray>,
) -> ArrowArray {
    let children = children
        .into_iter()
        .map(|child| Box::into_raw(Box::new(child)))
        .collect();
    let mut owned = Box::new(OwnedArray {
        _memory: memory,
        buffers,
        children,
    });
    ArrowArray {
        length: rows as i64,
        null_count: 0,
        offset: 0,
        n_buffers: owned.buffers.len() as i64,
        n_children: owned.children.len() as i64,
        buffers: owned.buffers.as_mut_ptr(),
        children: owned.children.as_mut_ptr(),
        dictionary: ptr::null_mut(),
        release: Some(release_array),
        private_data: Box::into_raw(owned) as *mut c_void,
    }
}

/// A column of numbers or times without nulls.
pub fn fixed<T: 'static>(values: Vec<T>) -> ArrowArray {
    let buffers = vec![ptr::null(), values.as_ptr() as *const c_void];
    array(values.len(), vec![Box::new(values)], buffers, vec![])
}

/// A column of texts without nulls.
pub fn texts<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> ArrowArray {
    let (mut offsets, mut bytes) = (vec![0i32], Vec::new());
    for text in texts {
        bytes.extend_from_slice(text);
        offsets.push(i32::try_from(bytes.len()).expect("a column is larger than 2 GiB"));
    }
    bytes.resize(bytes.len() + PADDING, 0);
    let buffers = vec![
        ptr::null(),
        offsets.as_ptr() as *const c_void,
        bytes.as_ptr() as *const c_void,
    ];
    array(
        offsets.len() - 1,
        vec![Box::new(offsets), Box::new(bytes)],
        buffers,
        vec![],
    )
}

/// A batch of these columns, each of `rows` rows.
pub fn rows(rows: usize, columns: Vec<ArrowArray>) -> ArrowArray {
    array(rows, vec![], vec![ptr::null()], columns)
}
