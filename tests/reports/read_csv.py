"""Prints the rows of the CSV file that is named as JSON; exit code 1 if they are not all of the same length."""
import csv
import json
import sys

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    rows = list(csv.reader(file, strict=True))
json.dump(rows, sys.stdout)
sys.exit(len({len(row) for row in rows}) != 1)
