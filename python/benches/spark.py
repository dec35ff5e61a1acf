"""What Spark costs and gains, on this machine: ``python spark.py FOLDER``, with 6 GiB free in the folder and nothing else running.

Prints seconds: one process of one thread and of two, then Spark with one executor and with two, each of one core.
"""

import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import time

USERS, SIZE, ROUNDS = 16, 128 << 20, 3


def mail(path, seed):
    """Mixed mail: most messages are short, and most bytes are in attachments."""
    choose = random.Random(seed)
    lines = [f"{choose.getrandbits(360):090x}\n".encode()[:77].rstrip() + b"\n" for _ in range(2000)]
    with open(path, "wb") as file:
        number = 0
        while file.tell() < SIZE:
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


def alone(folder, threads):
    import pymbox2eml

    begun = time.perf_counter()
    done = pymbox2eml.convert(folder / "users", folder / "out", threads=threads)
    return {"convert": time.perf_counter() - begun, "messages": done["messages"]["written"]}


def on_spark(folder, executors):
    begun = time.perf_counter()
    from pyspark.sql import SparkSession

    from pymbox2eml.spark import convert_on_spark, register

    builder = SparkSession.builder.master(f"local-cluster[{executors},1,1024]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    times = {"session": time.perf_counter() - begun}

    def timed(name, work):
        begun = time.perf_counter()
        work()
        times[name] = time.perf_counter() - begun

    timed("first job", lambda: convert_on_spark(spark, folder / "small", folder / "out"))
    timed("convert", lambda: convert_on_spark(spark, folder / "users", folder / "out", range_size="64m"))
    # One byte for each task: as many tasks as mailboxes.
    timed("100 tasks", lambda: convert_on_spark(spark, folder / "small", folder / "out", range_size=1))
    register(spark)
    read = spark.read.format("mbox").option("rangeSize", "64m")
    timed("rows", lambda: read.load(str(folder / "users")).selectExpr("sum(length)").collect())
    timed("rows with eml", lambda: read.option("eml", "true").load(str(folder / "users")).selectExpr("sum(length(eml))").collect())
    spark.stop()
    return times


def main(folder):
    folder = pathlib.Path(folder) / "pymbox2eml-bench"
    (folder / "users").mkdir(parents=True)
    (folder / "small").mkdir()
    try:
        for user in range(USERS):
            mail(folder / "users" / f"user{user:02}.mbox", user)
        for user in range(100):
            text = f"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: {user}\n\nHello\n"
            (folder / "small" / f"user{user:02}.mbox").write_text(text)
        runs = [("alone", 1), ("alone", 2), ("on_spark", 1), ("on_spark", 2)]
        found = {run: [] for run in runs}
        for _ in range(ROUNDS):
            for run, number in runs:
                shutil.rmtree(folder / "out", ignore_errors=True)
                environment = os.environ | {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
                command = [sys.executable, __file__, run, str(folder), str(number)]
                printed = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
                found[run, number].append(eval(printed.splitlines()[-1]))
                print(run, number, printed.splitlines()[-1], os.getloadavg()[0], flush=True)
        for run in runs:
            print(*run, {name: round(statistics.median(times[name] for times in found[run]), 2) for name in found[run][0]})
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        print(globals()[sys.argv[1]](pathlib.Path(sys.argv[2]), int(sys.argv[3])))
    else:
        main(sys.argv[1])
