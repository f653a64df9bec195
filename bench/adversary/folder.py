"""Faults of the intake's folder: copied, put back, lost, without room."""

import glob
import os
import shutil
import time

from services import wait_until

from .log import Log
from .promises import COPIES, DISK, FOLDER, Skipped, tries

MORE = 2000  # points, for those who need new ones


class FolderFaults:
    def __init__(self, world):
        self.world, self.dice = world, world.dice
        self.database, self.engine = world.database, world.engine
        self.folder = world.intake

    def copy_comes_back(self, put_back):
        """Between the copy and its coming back others take the positions that it will give, and are
        stored. What was pending in the copy may come twice; what is pending at its coming back goes
        with the folder."""
        self.world.end_somehow()
        copy = self.folder + ".copy"
        shutil.copytree(self.folder, copy)
        old = Log(copy)
        self.engine.start().wait_ready()
        self.take_more()
        self.world.end_somehow()
        new = Log(self.folder)
        put_back(copy)
        pending = new.undone.keys() - old.undone.keys()
        self.world.account.lost(new.numbers(pending), len(pending))
        self.world.account.repeated(old.numbers(old.undone))
        self.world.account.base += new.position - old.position
        self.engine.start().wait_ready()
        more = self.take_more()
        known = self.engine.status()["accounting"]["stored_before"]
        self.world.say(f"{new.position - old.position} positions given twice, {len(old.undone)} pending in "
                       f"the copy, {len(pending)} went, {more} new, {known} known to the ledger")
        assert known <= len(old.undone), "new messages are counted as stored before"

    def take_more(self):
        """How many new messages were taken in."""
        def position():
            return self.engine.status()["mqtt"]["intake"]["position"]
        before = position()
        self.world.publish_more(MORE)
        wait_until(lambda: position() >= before + MORE, "more is taken in")
        time.sleep(self.dice.uniform(0.5, 2))
        return position() - before

    @tries(COPIES, ends_process=True)
    def folder_cloned(self):
        def put_back(copy):
            shutil.rmtree(self.folder)
            os.rename(copy, self.folder)
        self.copy_comes_back(put_back)

    @tries(COPIES, ends_process=True)
    def folder_put_back(self):
        """The same files, with what they had."""
        def put_back(copy):
            for name in set(os.listdir(self.folder)) | set(os.listdir(copy)):
                old, new = os.path.join(copy, name), os.path.join(self.folder, name)
                if not os.path.exists(old):
                    os.remove(new)
                else:
                    with open(old, "rb") as source, open(new, "wb") as to:
                        shutil.copyfileobj(source, to)
            shutil.rmtree(copy)
        self.copy_comes_back(put_back)

    def lose_folder(self, lose):
        self.database.stop()
        time.sleep(self.dice.uniform(0.3, 1.5))
        lose()
        wait_until(lambda: "were deleted or replaced" in self.engine.get("/health")[1],
                   "health says that the folder is lost", 20)
        taken = self.engine.status()["mqtt"]["intake"]["position"]
        time.sleep(0.5)
        assert self.engine.status()["mqtt"]["intake"]["position"] == taken, "it takes in more"
        self.database.start()
        code = self.engine.process.wait(300)
        assert code == 1, (code, self.engine.log()[-2000:])
        left = Log(self.folder).position if os.path.exists(self.folder) else 0
        self.world.account.base += taken - left
        self.engine.start()

    @tries(FOLDER, ends_process=True)
    def folder_deleted(self):
        self.lose_folder(lambda: shutil.rmtree(self.folder))

    @tries(FOLDER, ends_process=True)
    def folder_moved_away(self):
        self.lose_folder(lambda: os.rename(self.folder, self.folder + ".old"))
        shutil.rmtree(self.folder + ".old")

    @tries(FOLDER, ends_process=True)
    def segments_deleted(self):
        def delete():
            for path in glob.glob(self.folder + "/*.segment"):
                os.remove(path)
        self.lose_folder(delete)

    @tries(DISK)
    def intake_disk_full(self):
        disk = self.world.intake_disk
        if not disk:
            raise Skipped("the intake is on a large disk (half of the seeds, or without root)")
        with self.world.filled(disk):
            time.sleep(self.dice.uniform(1, 4))
