"""The promises of docs/delivery.md, in short, and the mark of a fault that tries one."""

CRASH = "what is acknowledged outlives a crash"
ONCE = "exactly_once stores each message once"
DAMAGE = "damage costs what it hits, and is counted"
COPIES = "no new message is taken for one of a copied folder's"
FOLDER = "a lost folder is reported, and nothing more acknowledged"
DISK = "a full disk is waited for"
BROKER = "the broker may stop, freeze, repeat"
DATABASE = "whatever the database refuses or lacks is waited for"
ENDS = "reload and stop do not wait for what hangs"
RELOAD = "a reload loses and doubles nothing"
LETTERS = "each rejected message has its letter, whatever becomes of the file"
REPLAY = "a replay may be broken off and repeated, beside an engine"
NEIGHBOURS = "one bad message never costs its neighbours"
LISTENER = "flooding the listener does not stop the flow"
CLOCK = "setting the clock changes nothing"


def tries(promise, ends_process=False):
    """Marks a method as a fault. `ends_process`: the engine is another process afterwards."""
    def mark(method):
        method.promise, method.ends_process = promise, ends_process
        return method
    return mark


class Skipped(Exception):
    """A fault that cannot be had here, and why."""
