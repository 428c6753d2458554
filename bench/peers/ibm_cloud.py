"""Runs the script that reads the inventory with IBM's own clients."""
import os
import sys

import usage  # noqa: F401

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test-support"))

import ibm_inventory

ibm_inventory.main()
