"""What runs on a mocked NAS, each as a program of its own that imports nothing of ours."""
