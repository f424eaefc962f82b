# I3D fine-tuned on 1 % of Kinetics-400, about 6 videos a class (DSM, "Test with Limited Labeled
# Data"). Make the list first, see README.md. Give load_from.
_base_ = '../finetune/i3d_k400_dsm.py'

train_dataloader = dict(dataset=dict(ann_file='kinetics400_train_1percent.txt'))
