"""What Spark costs and gains, on this machine: ``python spark.py FOLDER [ROUNDS]``, with 6 GiB free in the folder and nothing else
running.

Prints seconds, for each the least and the median of all rounds: one process of one thread and of two, then Spark with one executor
and with two, each of one core. At last the same two read from storage that gives each of them 12.5 MB/s and no more, which shows how
Spark divides the work where the processors do not matter.
"""

import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import time

USERS, SIZE, TIMES = 16, 128 << 20, 3


def mail(path, seed, size=SIZE):
    """Mixed mail: most messages are short, and most bytes are in attachments."""
    choose = random.Random(seed)
    lines = [f"{choose.getrandbits(360):090x}\n".encode()[:77].rstrip() + b"\n" for _ in range(2000)]
    with open(path, "wb") as file:
        number = 0
        while file.tell() < size:
            number += 1
            day, second = choose.randrange(1, 29), choose.randrange(86400)
            received = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
            file.write(f"From ann@example.org Mon Jan {day:2} {received} 2024\nFrom: ann@example.org\n".encode())
            file.write(f"Subject: No. {number}\nMessage-ID: <{number}.{seed}@example.org>\n\n".encode())
            count = choose.choices([40, 800, 20000], [70, 25, 5])[0]
            start = choose.randrange(len(lines))
            for _ in range(max(1, count // 1000)):
                file.write(b"".join(lines[start : start + min(count, 1000)]))
            file.write(b"\n")


def timed(folder, work, number=TIMES):
    """The seconds of each time, into an empty output."""
    times = []
    for _ in range(number):
        shutil.rmtree(folder / "out", ignore_errors=True)
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return times


def alone(folder, threads):
    import pymbox2eml

    return {"convert": timed(folder, lambda: pymbox2eml.convert(folder / "users", folder / "out", threads=threads))}


def on_spark(folder, executors):
    begun = time.perf_counter()
    from pyspark.sql import SparkSession

    from pymbox2eml.spark import convert_on_spark, register

    builder = SparkSession.builder.master(f"local-cluster[{executors},1,1024]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    convert_on_spark(spark, folder / "small", folder / "out")
    times = {"first result": [time.perf_counter() - begun]}
    register(spark)

    def read(eml, value):
        rows = spark.read.format("mbox").option("rangeSize", "64m").option("eml", eml).load(str(folder / "users"))
        rows.selectExpr(f"sum({value})").collect()

    for name, work in {
        "convert": lambda: convert_on_spark(spark, folder / "users", folder / "out", range_size="64m"),
        # Each mailbox is planned and converted by itself.
        "200 tasks": lambda: convert_on_spark(spark, folder / "small", folder / "out", range_size=1),
        "rows": lambda: read("false", "length"),
        "rows with eml": lambda: read("true", "length(eml)"),
    }.items():
        times[name] = timed(folder, work)
    spark.stop()
    return times


SLOW = """
import time
from pymbox2eml import stores

real = stores.open_url

def open_url(url):
    file = real(url)
    read = file.read
    def slowly(size=-1):
        data = read(size)
        time.sleep(len(data) / 12.5e6)
        return data
    file.read = slowly
    return file

stores.open_url = open_url
"""


def from_slow_storage(folder, executors):
    from pyspark.sql import SparkSession

    from pymbox2eml.spark import convert_on_spark

    (folder / "sitecustomize.py").write_text(SLOW)
    builder = SparkSession.builder.master(f"local-cluster[{executors},1,1024]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    spark = builder.config("spark.executorEnv.PYTHONPATH", f"{folder}:{os.environ.get('PYTHONPATH', '')}").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    convert_on_spark(spark, f"file://{folder}/small", folder / "out")
    users = f"file://{folder}/slow"
    times = timed(folder, lambda: convert_on_spark(spark, users, folder / "out", range_size="16m"), 1)
    spark.stop()
    return {"plan and convert": times}


def main(folder, rounds):
    folder = pathlib.Path(folder) / "pymbox2eml-bench"
    (folder / "users").mkdir(parents=True)
    (folder / "small").mkdir()
    (folder / "slow").mkdir()
    runs = [("alone", 1), ("alone", 2), ("on_spark", 1), ("on_spark", 2)]
    runs += [("from_slow_storage", 1), ("from_slow_storage", 2)]
    found = {run: {} for run in runs}
    try:
        for user in range(USERS):
            mail(folder / "users" / f"user{user:02}.mbox", user)
        for user in range(4):
            mail(folder / "slow" / f"user{user}.mbox", user, SIZE // 2)
        for user in range(100):
            text = f"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: {user}\n\nHello\n"
            (folder / "small" / f"user{user:02}.mbox").write_text(text)
        for run in runs * rounds:
            environment = os.environ | {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
            command = [sys.executable, __file__, run[0], str(folder), str(run[1])]
            printed = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
            for name, times in json.loads(printed.splitlines()[-1]).items():
                all_times = found[run].setdefault(name, [])
                all_times += times
                least, median = min(all_times), statistics.median(all_times)
                print(*run, name, f"least {least:.2f}, median {median:.2f} of {len(all_times)}; load {os.getloadavg()[0]:.1f}", flush=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        print(json.dumps(globals()[sys.argv[1]](pathlib.Path(sys.argv[2]), int(sys.argv[3]))))
    else:
        main(sys.argv[1], int((sys.argv[2:] or [3])[0]))
