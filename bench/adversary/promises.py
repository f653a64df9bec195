"""The guarantees of docs/delivery.md, in short, and the mark of a fault that tries one."""

CRASH = "acknowledged messages survive a crash"
ONCE = "exactly_once stores each message once"
DAMAGE = "damage loses only what it hits, and is counted"
COPIES = "no new message is mistaken for one of a copied folder"
FOLDER = "a lost folder is reported, and nothing more is acknowledged"
DISK = "a full disk pauses writing until there is room"
BROKER = "the broker may stop, freeze and resend"
DATABASE = "an unavailable or unsuitable database is retried until it accepts"
ENDS = "reload and stop do not wait for a hanging database"
RELOAD = "a reload loses and duplicates nothing"
LETTERS = "each rejected message has its dead letter, whatever happens to the file"
REPLAY = "a replay can be interrupted and repeated, beside a running engine"
NEIGHBOURS = "one bad message never affects its neighbours"
LISTENER = "flooding the listener does not stop the pipeline"
CLOCK = "setting the clock changes nothing"


def tries(promise, ends_process=False):
    """Marks a method as a fault. `ends_process`: the engine is another process afterwards."""
    def mark(method):
        method.promise, method.ends_process = promise, ends_process
        return method
    return mark


class Skipped(Exception):
    """A fault that cannot be had here, and why."""
