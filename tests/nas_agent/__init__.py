"""Tests of what runs on the NAS; they run under every Python from 3.9 on."""
